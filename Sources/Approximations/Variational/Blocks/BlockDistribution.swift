//  BlockDistribution.swift — a fitted distribution of a family of blocks.

public import Arrays
import Networks
import Programs
import Training

/// q over θ, as the family and its parameters λ.
public struct BlockDistribution: Sendable {
  public let family: VariationalFamily
  /// λ.
  public let parameters: DenseArray<Float>
  private let blocks: BlockFamily

  package init(_ family: VariationalFamily, _ blocks: BlockFamily, parameters: DenseArray<Float>) {
    precondition(parameters.shape == [blocks.count], "parameters of shape \(parameters.shape) for \(blocks.count)")
    (self.family, self.blocks, self.parameters) = (family, blocks, parameters)
  }

  /// Draw s is a function of the seed and of s. Shape [count, P].
  package func draws(_ count: Int, seed: UInt64) -> DenseArray<Float> {
    run(count, seed: seed) { [concatenate($0.map(\.values), axis: 0)] }
  }

  /// log p(θ) − log q(θ) of the same draws, with expectations where they are known; for points log p. Unit: nats.
  func priorTerms(of model: BayesianModel, _ count: Int, seed: UInt64) -> [Double] {
    let terms = run(count, seed: seed) { draws in
      let divergence = BlockDivergence(model, blocks, draws, closedForm: true)
      return [(-divergence.spreads - divergence.points).reshaped([1])]
    }
    return terms.elements.map(Double.init)
  }

  private func run(_ count: Int, seed: UInt64, _ outputs: @escaping ([BlockDraw]) -> [Tensor]) -> DenseArray<Float> {
    let program = Program(inputs: [parameters.shape]) { t in
      var site = BlockSite.first
      return outputs(
        blocks.draw(t[0]) { shape in
          defer { site += 1 }
          return .random(.normal, shape: shape, site: site)
        })
    }
    let executor = Executor<Float>(Plan(program))
    _ = executor.input(0).update(fromContentsOf: parameters.elements)
    var rows: [Float] = []
    for draw in 0..<count {
      executor.run(key: RandomKey(seed: seed, stream: UInt64(draw)))
      rows += executor.output(0)
    }
    return DenseArray(rows, shape: [count, rows.count / count])
  }
}
