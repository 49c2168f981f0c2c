//  Pathfinder.swift — where chains should begin: a normal approximation from the way to a mode.
//
//  Notation   xₖ, gₖ = ∇ log p(xₖ)  the points of a quasi-Newton search uphill     Hₖ  `InverseHessianEstimate` of the last J steps
//
//  Equations  (1) qₖ = N(xₖ + Hₖ gₖ, Hₖ)
//             (2) ELBOₖ = 1/K Σ log p(φ) − log qₖ(φ),   φ drawn K times from qₖ
//             (3) the approximation is the qₖ of greatest (2)                             [Zhang et al. 2022]
//
//  On its way to a mode, which in many dimensions lies outside of the mass, the search passes where the mass is; (2) finds that place.
//  A draw from (3) costs some hundred gradients where a warm-up needs some thousand; it is a start and no posterior.
//  `importance` says how good (3) is: k̂ above 0.7 is a bad approximation.
//
//  Cost       memory 2 J D and the path;  one gradient and K values a step.

public import Arrays
public import Evaluation
import Foundation
import Optimization

/// The search, and how the places on its way are judged.
public struct Pathfinder: Hashable, Sendable {
  /// J.
  public let history: Int
  /// K.
  public let trials: Int
  public let iterationLimit: Int

  /// Precondition: all are positive.
  public init(history: Int = 6, trials: Int = 10, iterationLimit: Int = 1000) {
    precondition(
      history >= 1 && trials >= 1 && iterationLimit >= 1,
      "a history of \(history), \(trials) trials, \(iterationLimit) iterations")
    self.history = history
    self.trials = trials
    self.iterationLimit = iterationLimit
  }

  /// The approximation of one path; `nil` where the density is not finite at the start, or nowhere on the way.
  ///
  /// - Parameter start: Shape [D].
  public func approximation(
    of density: DensityFunction, from start: [Double], using generator: inout Philox
  ) -> PathfinderApproximation? {
    let path = path(density, from: start)
    guard let first = path.first else { return nil }
    // Before the first step nothing is known of the curvature but the length of the gradient.
    var alpha = [Double](repeating: 1, count: first.position.count)
    var pairs: [(s: [Double], z: [Double])] = []
    var best: PathfinderApproximation?
    for (old, new) in zip(path, path.dropFirst()) {
      let s = zip(new.position, old.position).map { $0 - $1 }
      let z = zip(old.gradient, new.gradient).map { $0 - $1 }
      let product = zip(s, z).reduce(0) { $0 + $1.0 * $1.1 }
      if InverseHessianEstimate.isCurved(product, z) {
        alpha = InverseHessianEstimate.diagonal(alpha, s, z)
        pairs.append((s, z))
        if pairs.count > history { pairs.removeFirst() }
      }
      guard let covariance = InverseHessianEstimate(alpha: alpha, pairs: pairs) else { continue }
      let candidate = PathfinderApproximation(
        mean: zip(new.position, covariance.times(new.gradient)).map { $0 + $1 }, covariance: covariance, density,
        trials: trials, using: &generator)
      if candidate.evidenceLowerBound > best?.evidenceLowerBound ?? -.infinity { best = candidate }
    }
    return best
  }

  /// The points that a search for a mode accepts, with log p and its gradient.
  private func path(_ density: DensityFunction, from start: [Double]) -> [ChainPoint] {
    let first = ChainPoint(start, density)
    guard first.isFinite else { return [] }
    var path = [first]
    let search = LimitedMemoryBFGS(
      history: history, iterationLimit: iterationLimit, gradientTolerance: 1e-8, valueTolerance: 1e-12)
    _ = search.minimize(
      from: start,
      { (x: UnsafeBufferPointer<Double>, gradient: UnsafeMutableBufferPointer<Double>) in
        guard let point = x.baseAddress, let slope = gradient.baseAddress else { return 0 }
        let value = density(point, gradient: slope)
        for i in gradient.indices { gradient[i] = -gradient[i] }
        return value.isNaN ? .infinity : -value
      },
      accepting: { x, gradient, value in
        path.append(ChainPoint(position: x, gradient: gradient.map { -$0 }, logDensity: -value))
      })
    return path
  }
}

/// A normal distribution near a mode.
public struct PathfinderApproximation: Sendable {
  /// Shape [D].
  public let mean: [Double]
  let covariance: InverseHessianEstimate
  /// Equation (2). Unit: nats.
  public let evidenceLowerBound: Double
  /// log p − log q of the trials. Shape [K].
  public let logRatios: [Double]

  fileprivate init(
    mean: [Double], covariance: InverseHessianEstimate, _ density: DensityFunction, trials: Int,
    using generator: inout Philox
  ) {
    self.mean = mean
    self.covariance = covariance
    var ratios: [Double] = []
    for _ in 0..<trials {
      let (x, logDensity) = Self.draw(mean, covariance, using: &generator)
      ratios.append(Self.logRatio(density, at: x, logDensity))
    }
    logRatios = ratios
    evidenceLowerBound = ratios.reduce(0, +) / Double(trials)
  }

  /// log p − log q at a point; −∞ where the density is not finite, which is none.
  static func logRatio(_ density: DensityFunction, at x: [Double], _ logDensity: Double) -> Double {
    let value = x.withUnsafeBufferPointer { x in x.baseAddress.map { density($0) } ?? 0 }
    return value.isFinite ? value - logDensity : -.infinity
  }

  /// A draw, and log q there. Shape [D].
  public func draw(using generator: inout Philox) -> (position: [Double], logDensity: Double) {
    Self.draw(mean, covariance, using: &generator)
  }

  private static func draw(
    _ mean: [Double], _ covariance: InverseHessianEstimate, using generator: inout Philox
  ) -> ([Double], Double) {
    let z = generator.normal(shape: [mean.count], as: Double.self).elements
    let square = z.reduce(0) { $0 + $1 * $1 }
    let logDensity = -0.5 * (square + covariance.logDeterminant + Double(mean.count) * log(2 * Double.pi))
    return (zip(mean, covariance.colour(z)).map { $0 + $1 }, logDensity)
  }

  /// Pareto-smoothed weights of draws of this approximation, which say how far it is from the density. Where that is not finite a draw
  /// has no weight.
  public func importance(
    of density: DensityFunction, draws count: Int, using generator: inout Philox
  ) -> ParetoSmoothedImportance {
    var ratios: [Double] = []
    for _ in 0..<count {
      let (x, logDensity) = draw(using: &generator)
      ratios.append(Self.logRatio(density, at: x, logDensity))
    }
    return ParetoSmoothedImportance(logRatios: ratios)
  }
}
