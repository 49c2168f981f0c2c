//  DropoutPosterior.swift — the posterior of a network with random masks: one θ, and a mask for every pass.
//
//  Notation   θ  parameters, [P]     m  the masks of one pass     T  passes     W [O, I] a weight whose inputs are masked
//
//  Equations  (1) q(W) is the distribution of W diag(m) under p(m)                                        [Gal 2016]
//             (2) p(y | x, D) ≈ (1/T) Σₜ p(y | x, θ, mₜ),  mₜ ~ p(m)                                      [Gal 2016]
//
//  Each input has masks of its own, or all inputs of a pass share them, which makes a pass a draw of a function: consistent
//  over inputs, and equal to a network with weights (1).
//
//  Cost       memory of one network. The layers before the first mask run once for each input, the rest T times.

public import Arrays
import Foundation
public import Networks
import Probability
import Programs

/// A network whose passes differ in their masks.
public struct DropoutPosterior: Posterior {
  /// Which inputs share a mask.
  public enum Masks: String, Hashable, Sendable, Codable {
    case perInput
    /// The passes are draws of functions.
    case perPass
  }

  /// With the layers that drop.
  public let model: BayesianModel
  /// θ. Shape [P].
  public let parameters: DenseArray<Float>
  /// Running statistics. Shape [Q].
  public let state: DenseArray<Float>
  /// All masks of `predict` are a function of it.
  public let seed: UInt64
  /// T.
  public var passes: Int
  public var masks: Masks

  /// Precondition: the shapes are those of the model, and passes ≥ 1.
  public init(
    model: BayesianModel, parameters: DenseArray<Float>, state: DenseArray<Float>, seed: UInt64, passes: Int = 30,
    masks: Masks = .perInput
  ) {
    precondition(
      parameters.shape == [model.parameterCount] && state.shape == [model.network.stateCount],
      "parameters of shape \(parameters.shape) with statistics of shape \(state.shape) for a model with "
        + "\(model.parameterCount) and \(model.network.stateCount)")
    precondition(passes >= 1, "\(passes) passes")
    self.model = model
    self.parameters = parameters
    self.state = state
    self.seed = seed
    self.passes = passes
    self.masks = masks
  }

  /// The network without masks: the mean of the weights (1), which is the usual approximation of (2) by one pass.
  public var mean: DrawsPosterior {
    DrawsPosterior(
      model: model, draws: parameters.reshaped([1, model.parameterCount]),
      states: state.reshaped([1, model.network.stateCount]))
  }

  /// The rates of all masks, from the inputs on; learned ones as θ has them.
  public var rates: [Double] {
    model.network.masks.map { mask in
      switch mask.rate {
      case .fixed(let rate): return rate
      case .learned(let rate):
        guard let logit = mask.logit else { return rate }
        return 1 / (1 + exp(-Double(parameters.elements[logit.offset])))
      }
    }
  }

  /// Whether a rate of them is learned.
  public var learnsRates: Bool { model.network.masks.contains { $0.logit != nil } }

  /// Whether (1) holds for all masks, so that `sample` can write draws down: each stands before a dense layer, with at most a
  /// `Flatten` between them.
  public var hasDraws: Bool { model.network.columnMasks(.input(0, shape: [model.network.parameterCount])) != nil }

  /// Draws of θ with the masks folded into the weights, by (1). With the seed of this posterior they are the passes of
  /// `predict` under `masks == .perPass`.
  ///
  /// Precondition: count ≥ 1 and `hasDraws`.
  public func sample(_ count: Int, seed: UInt64) -> DrawsPosterior {
    precondition(count >= 1, "a sample of \(count) draws")
    let network = model.network
    var weights: [Range<Int>] = []
    let program = Program(inputs: [[model.parameterCount]]) { t in
      guard let masks = network.columnMasks(model.networkParameters(t[0])) else {
        preconditionFailure(
          "draws of a network with a mask that no dense layer follows: such masks are not part of a weight; "
            + "use predict, whose passes apply them")
      }
      weights = masks.map(\.weight.range)
      return masks.map(\.mask)
    }
    let executor = Executor<Float>(Plan(program), boundInputs: [0])
    var draws: [Float] = []
    draws.reserveCapacity(count * model.parameterCount)
    for draw in 0..<count {
      draws += parameters.elements
      parameters.withUnsafeElements { theta in
        executor.bindInput(0, to: theta)
        executor.run(key: DropoutPosterior.key(seed: seed, pass: draw, block: 0))
      }
      for (number, range) in weights.enumerated() {
        let mask = executor.output(number)
        for (place, index) in range.enumerated() {
          draws[draw * model.parameterCount + index] *= mask[place % mask.count]
        }
      }
    }
    return DrawsPosterior(
      model: model, draws: DenseArray(draws, shape: [count, model.parameterCount]),
      states: state.reshaped([1, network.stateCount]).rows(at: [Int](repeating: 0, count: count)))
  }

  /// The random numbers of a pass over a block of inputs: apart from those of training, which have a stream for each member.
  static func key(seed: UInt64, pass: Int, block: Int) -> RandomKey {
    let prediction = Philox(seed: seed).substream(5)
    return RandomKey(seed: prediction.seed, stream: UInt64(pass), step: UInt64(block))
  }
}
