//  PredictionConvergence.swift — whether chains agree in what they predict.
//
//  A network has as many modes as its units have permutations and signs, and predictions are the same in all of them: two chains
//  with no weight in common may have converged. So R-hat and effective sample size are those of the mean that each draw
//  predicts at each input, or of the probability of each class, and of the noise. [Vehtari et al. 2021]
//
//  Notation   F  the variance between halves of chains, of n draws each, as a multiple of what n independent draws give it
//
//  Equation   (1) R-hat² = (n − 1 + F) / n                                          [Gelman and Rubin 1992]
//
//  A chain of thirty draws cannot have an R-hat that is known to be below 1.01. What it can show is an R-hat that chance does not
//  explain: F = 20 is passed by independent draws once in ten thousand times (n = 15, two halves).

public import Arrays
public import Evaluation

/// The worst of the diagnostics over all predictions.
public struct PredictionConvergence: Hashable, Sendable, Encodable {
  /// S of each chain.
  public let drawsPerChain: Int
  /// How many predictions were looked at.
  public let quantityCount: Int
  /// How many of them were left out: every draw of the halves gives the same number, as a probability of 1 to all digits.
  public let constantCount: Int
  /// The greatest R-hat; not a number where it is undefined, as for one chain.
  public let greatestRHat: Double
  /// The least effective sample size of the bulk, and of the tails.
  public let leastBulkEffectiveSampleSize, leastTailEffectiveSampleSize: Double

  /// Precondition: at least one quantity.
  public init(of quantities: [Chains]) {
    precondition(!quantities.isEmpty, "convergence of no predictions")
    func worst(_ values: [Double], _ pick: (Double, Double) -> Double) -> Double {
      guard let first = values.first else { return .nan }
      return values.dropFirst().reduce(first) { $0.isNaN || $1.isNaN ? .nan : pick($0, $1) }
    }
    drawsPerChain = quantities[0].drawCount
    quantityCount = quantities.count
    let varying = quantities.filter { !$0.areConstantHalves }
    constantCount = quantities.count - varying.count
    greatestRHat = worst(varying.map(\.rHat), max)
    leastBulkEffectiveSampleSize = worst(varying.map(\.bulkEffectiveSampleSize), min)
    leastTailEffectiveSampleSize = worst(varying.map(\.tailEffectiveSampleSize), min)
  }

  /// Effective draws that an estimate of a mean, a deviation and a quantile needs [Vehtari et al. 2021].
  public static let fewestEffectiveDraws = 400.0

  /// Whether every prediction has an R-hat of at most 1.01, and 400 effective draws in bulk and tails. Not where they are undefined.
  public var isConverged: Bool {
    greatestRHat <= ConvergenceFinding.greatestRHat && leastBulkEffectiveSampleSize >= Self.fewestEffectiveDraws
      && leastTailEffectiveSampleSize >= Self.fewestEffectiveDraws
  }

  /// Whether the halves of the chains differ by more than chance lets independent draws differ, by (1) with F = 20. Not where R-hat is undefined.
  public var isBeyondChance: Bool {
    let half = Double(drawsPerChain / 2)
    return greatestRHat > ((half - 1 + 20) / half).squareRoot()
  }

  /// The lesser of both sizes; not a number where one is undefined.
  public var leastEffectiveDraws: Double {
    let (bulk, tail) = (leastBulkEffectiveSampleSize, leastTailEffectiveSampleSize)
    return bulk.isNaN || tail.isNaN ? .nan : min(bulk, tail)
  }

  /// How many times as many draws have 400 effective ones, if further draws are worth as much as those that are there; twice as
  /// many where only R-hat is too great, and where nothing is known.
  public var factorToConvergence: Double {
    if isConverged { return 1 }
    let factor = Self.fewestEffectiveDraws / leastEffectiveDraws
    return factor.isFinite && factor > 1 ? factor : 2
  }
}

extension MarkovChainsPosterior {
  /// The diagnostics of the predictions at inputs. Shape [N, …].
  public func convergence(at inputs: DenseArray<Float>, threads: Int) -> PredictionConvergence {
    draws.convergence(at: inputs, chains: chainCount, threads: threads)
  }
}

extension DrawsPosterior {
  /// The diagnostics of the predictions at inputs, the halves of a single chain as two; `nil` for draws that are not those of chains.
  /// Shape [N, …].
  public func convergence(at inputs: DenseArray<Float>, threads: Int) -> PredictionConvergence? {
    chainCount.map { convergence(at: inputs, chains: $0 == 1 && drawCount > 1 ? 2 : $0, threads: threads) }
  }

  /// The diagnostics of the predictions at inputs, of draws that are those of so many chains, as many each. The halves of one chain
  /// can be given as two. Shape [N, …].
  public func convergence(at inputs: DenseArray<Float>, chains: Int, threads: Int) -> PredictionConvergence {
    PredictionConvergence(of: predictedChains(at: inputs, chains: chains, threads: threads))
  }

  /// What each draw predicts, as chains: a mean for each input and target, or a probability for each input and class; and the
  /// noise of each target, where the draws differ in it.
  private func predictedChains(at inputs: DenseArray<Float>, chains count: Int, threads: Int) -> [Chains] {
    let draws = drawCount / count
    precondition(draws >= 1, "\(count) chains of \(drawCount) draws")
    /// Shape [C S, …] → the chains of each quantity.
    func chains(_ values: DenseArray<Double>) -> [Chains] {
      let width = values.count / max(values.shape[0], 1)
      return (0..<width).map { place in
        Chains(
          (0..<count).map { chain in (0..<draws).map { values.elements[(chain * draws + $0) * width + place] } })
      }
    }
    switch predict(inputs, threads: threads).content {
    case .classes(let probabilities): return chains(probabilities)
    case .numbers(let forecast):
      switch forecast.components {
      case .normal(let means, let noise, _):
        return chains(means) + chains(noise).prefix(forecast.targetCount).filter { $0.standardDeviation > 0 }
      case .studentT(_, let locations, let scales):
        return chains(locations) + chains(scales).prefix(forecast.targetCount).filter { $0.standardDeviation > 0 }
      case .poisson(let rates): return chains(rates)
      }
    }
  }
}
