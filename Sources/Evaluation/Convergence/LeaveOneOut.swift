//  LeaveOneOut.swift — how well each observation is predicted by the others, from one posterior.
//
//  Notation   ℓₛᵢ = log p(yᵢ | θₛ), shape [S, N]
//
//  Equations  (1) log wₛᵢ = −ℓₛᵢ, Pareto-smoothed and normalised over s               [Vehtari et al. 2017]
//             (2) elpdᵢ = log Σₛ exp(log wₛᵢ + ℓₛᵢ),   elpd = Σᵢ elpdᵢ
//             (3) standard error √(N Var elpdᵢ), divisor N
//             (4) effective number of parameters p = Σᵢ log(1/S Σₛ exp ℓₛᵢ) − elpd
//
//  Cost       a sort of S numbers for each observation.

public import Arrays
import Foundation

/// The log predictive density of an estimate, a term for each observation.
public protocol PointwiseLogPredictiveDensity: Sendable {
  /// Shape [N]. Unit: nats.
  var pointwise: [Double] { get }
}

extension PointwiseLogPredictiveDensity {
  /// The expected log predictive density, Σᵢ elpdᵢ. Unit: nats, summed over the data.
  public var total: Double { pointwise.reduce(0, +) }

  /// Equation (3). Unit: nats.
  public var standardError: Double { standardErrorOfSum(pointwise) }
}

/// √(N Var x), divisor N; not a number for a single term, of which it cannot be known.
func standardErrorOfSum(_ terms: [Double]) -> Double {
  if terms.count < 2 { return .nan }
  let mean = average(terms)
  return (Double(terms.count) * average(terms) { ($0 - mean) * ($0 - mean) }).squareRoot()
}

/// Leave-one-out cross-validation by Pareto-smoothed importance sampling.
public struct LeaveOneOut: PointwiseLogPredictiveDensity {
  /// elpdᵢ, equation (2). Shape [N]. Unit: nats.
  public let pointwise: [Double]

  /// k̂ of each observation. Where it is above 0.7, the posterior changes too much without that observation: refit without it.
  public let paretoShapes: [Double]

  /// p, equation (4).
  public let effectiveParameters: Double

  private let drawCount: Int

  /// - Parameter logLikelihood: ℓ of each draw and observation. Shape [S, N], or [C, S / C, N].
  ///
  /// Precondition: rank 2 or 3, at least one draw.
  public init(logLikelihood: DenseArray<Double>, relativeEfficiency: Double = 1) {
    let columns = observationColumns(logLikelihood)
    self.init(columns, columns.map { _ in relativeEfficiency })
  }

  /// From the draws of Markov chains, which know how many of them are effective: r_eff of an observation is the share of
  /// effective draws in the mean of exp ℓ.
  ///
  /// - Parameter chains: ℓ. Shape [C, N, observations].
  ///
  /// Precondition: rank 3, at least one draw.
  public init(chains logLikelihood: DenseArray<Double>) {
    let shape = logLikelihood.shape
    precondition(shape.rank == 3, "log likelihoods of chains are [chains, draws, observations], not \(shape)")
    let columns = observationColumns(logLikelihood)
    self.init(
      columns,
      columns.map { column in
        let greatest = column.max() ?? 0
        let likelihoods = DenseArray(column.map { exp($0 - greatest) }, shape: [shape[0], shape[1]])
        let share = Chains(likelihoods).meanEffectiveSampleSize / Double(column.count)
        // Undefined for few draws, and where all are the same.
        return share > 0 && share.isFinite ? share : 1
      })
  }

  private init(_ columns: [[Double]], _ relativeEfficiencies: [Double]) {
    let smoothed = zip(columns, relativeEfficiencies).map {
      ParetoSmoothedImportance(logRatios: $0.map { -$0 }, relativeEfficiency: $1)
    }
    pointwise = zip(columns, smoothed).map { column, weights in
      logSumOfExponentials(zip(column, weights.logWeights).map { $0 + $1 })  // (2)
    }
    paretoShapes = smoothed.map(\.shape)
    drawCount = columns.first?.count ?? 0
    effectiveParameters = logPointwisePredictiveDensity(columns) - pointwise.reduce(0, +)  // (4)
  }

  /// The observations whose k̂ is above what the number of draws allows, or is not a number.
  public var unreliableObservations: [Int] {
    let limit = ParetoSmoothedImportance.greatestReliableShape(draws: drawCount)
    return paretoShapes.indices.filter { !(paretoShapes[$0] <= limit) }
  }
}

/// The draws of each observation. Shape [N][S].
func observationColumns(_ logLikelihood: DenseArray<Double>) -> [[Double]] {
  let shape = logLikelihood.shape
  precondition(
    shape.rank == 2 || shape.rank == 3, "log likelihoods are [draws, observations] or with chains first, not \(shape)")
  let count = shape[shape.rank - 1]
  let draws = shape.extents.dropLast().reduce(1, *)
  precondition(draws > 0, "log likelihoods of no draws")
  return (0..<count).map { i in (0..<draws).map { logLikelihood.elements[$0 * count + i] } }
}

/// Σᵢ log(1/S Σₛ exp ℓₛᵢ).
func logPointwisePredictiveDensity(_ columns: [[Double]]) -> Double {
  columns.reduce(0) { $0 + logSumOfExponentials($1) - log(Double($1.count)) }
}
