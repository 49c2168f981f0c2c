//  RankOneMembers.swift — one pass for the rows of several members, whose weights differ by factors of rank one.
//
//  Notation   W [O, I, …] a shared weight     rₘ [I] and sₘ [O] the factors of member m     x  a row of m
//
//  Equation   (1) (W ∘ sₘ rₘᵀ) x = sₘ ∘ (W (rₘ ∘ x))                                                        [Wen 2020]
//
//  One product with W serves the rows of all members; in a convolution a factor multiplies a channel. Biases are shared.

import Arrays
import Probability
package import Programs

/// The factors of each row.
package struct RankOneMembers {
  /// For the name of a weight, r and s of each row, shapes [B, I] and [B, O]; `nil` where the weight has none.
  package let factors: (String) -> (inputs: Tensor, outputs: Tensor)?

  package init(_ factors: @escaping (String) -> (inputs: Tensor, outputs: Tensor)?) { self.factors = factors }
}

extension LayerContext {
  /// Equation (1), and the bias.
  ///
  /// - Parameter product: (x, weight, bias) ↦ the sum.
  func sum(
    of x: Tensor, bias: Bool, _ members: RankOneMembers, _ product: (Tensor, Tensor, Tensor?) -> Tensor
  ) -> Tensor {
    guard let (inputs, outputs) = members.factors(fullName("weight")) else {
      return product(x, value("weight"), bias ? value("bias") : nil)
    }
    let ones = [Int](repeating: 1, count: x.shape.rank - 2)
    // A grouped convolution has the same factors in each group.
    let groups = x.shape[1] / inputs.shape[1]
    let tiled = groups == 1 ? inputs : concatenate([Tensor](repeating: inputs, count: groups), axis: 1)
    let y = product(x * tiled.reshaped(Shape([x.shape[0], x.shape[1]] + ones)), value("weight"), nil)
    let z = y * outputs.reshaped(Shape([y.shape[0], y.shape[1]] + ones))  // (1)
    return bias ? z + value("bias").reshaped(Shape([y.shape[1]] + ones)) : z
  }
}

extension Network {
  /// The names of the weights through which a pass with `RankOneMembers` leads. Others have to be multiplied beforehand.
  package var weightsOfSums: Set<String> {
    let names = AskedNames()
    let members = RankOneMembers { name in
      names.all.insert(name)
      return nil
    }
    _ = apply(
      .constant(0, shape: [parameterCount]), .constant(0, shape: Shape([2] + inputShape.extents)),
      state: .constant(0, shape: [stateCount]), members: members)
    return names.all
  }
}

/// What a pass has asked for.
private final class AskedNames {
  var all: Set<String> = []
}

extension BayesianModel {
  /// The outputs of rows of several members.
  ///
  /// - Parameters:
  ///   - parameters: θ, shared. Shape [P].
  ///   - x: Shape [B, …].
  /// - Returns: Shape [B, O].
  package func outputs(
    _ parameters: Tensor, _ x: Tensor, state: Tensor, mode: NetworkMode, members: RankOneMembers
  ) -> Tensor {
    layout.check(parameters.shape)
    return network.apply(networkParameters(parameters), x, state: state, mode: mode, members: members)
  }
}
