//  DropoutRate.swift — random masks of mean one: their rate, fixed or learned.
//
//  Notation   p  the probability of a zero     u  uniform on (0, 1)     t = 0.1 the temperature     σ the logistic function
//
//    fixed      m = 0 with probability p, otherwise 1 / (1 − p)                                       (1) [Srivastava 2014]
//    learned    as (1) with p = σ(logit), a parameter. In training the mask is relaxed, so that p has a gradient:
//               z = σ((log p − log(1 − p) + log u − log(1 − u)) / t),  m = (1 − z) / (1 − p)              (2) [Gal 2017]
//
//  A mask takes 16 random bits an element: zeros have the probability p to within 2⁻¹⁷, and u is one of 65 536 numbers. The
//  backward pass draws the bits again.

import Arrays
import Foundation
import Probability
import Programs

/// How likely an element is to be dropped.
public enum DropoutRate: Hashable, Sendable, Codable {
  /// Precondition: 0 ≤ p < 1.
  case fixed(Double)
  /// A parameter of the network, from this start. Precondition: 0 < p < 1.
  case learned(initial: Double)

  /// The name of the parameter that holds log p / (1 − p).
  static let logitName = "logit"
  static let temperature = 0.1

  func check() throws(LayerError) {
    switch self {
    case .fixed(let rate):
      guard rate >= 0 && rate < 1 else { throw LayerError("needs a rate of at least 0 and less than 1, not \(rate)") }
    case .learned(let rate):
      guard rate > 0 && rate < 1 else { throw LayerError("needs a first rate above 0 and less than 1, not \(rate)") }
    }
  }

  var parameters: [ParameterDeclaration] {
    guard case .learned(let rate) = self else { return [] }
    let logit = Initialiser.constant(Foundation.log(rate / (1 - rate)))
    return [ParameterDeclaration(Self.logitName, shape: [1], role: .shift, initialiser: logit)]
  }

  /// x m, or x in evaluation. Shape [N, …], kept.
  func masking(_ x: Tensor, in context: inout LayerContext) -> Tensor {
    guard let mask = mask(for: x.shape, in: &context) else { return x }
    return x * mask
  }

  /// m, `nil` where all of it is one. Shape [N, …], or [1, …] where the examples share it; [N, C, 1, …] where the positions of a
  /// channel do.
  func mask(for shape: Shape, in context: inout LayerContext) -> Tensor? {
    guard context.mode != .evaluation, self != .fixed(0) else { return nil }
    let random = Tensor.random(.coarseUniform, shape: context.maskShape(for: shape), site: context.nextRandomSite())
    let zero = random.filled(0)
    switch self {
    case .fixed(let rate): return select(random .< rate, zero, random.filled(1 / (1 - rate)))  // (1)
    case .learned:
      let logit = context.parameter(Self.logitName)
      let column = logit.reshaped(Shape([Int](repeating: 1, count: shape.rank)))
      let scale = 1 + exp(column)  // 1 / (1 − p)
      guard context.mode == .training else { return select(random .< sigmoid(column), zero, scale) }
      let noise = Programs.log(random) - Programs.log(1 - random)
      return sigmoid((column + noise) * (-1 / Self.temperature)) * scale  // (2): 1 − σ(a) = σ(−a)
    }
  }
}

/// A layer whose outputs, outside of evaluation, are multiplied by a random mask of mean one.
protocol MaskingLayer: Layer {
  var maskRate: DropoutRate { get }
}
