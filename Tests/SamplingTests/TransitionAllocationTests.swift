//  TransitionAllocationTests.swift — a transition of a Hamiltonian sampler allocates nothing.

import Arrays
import CAllocationCounter
import Probability
import Programs
import Sampling
import Testing

@Suite(.serialized) struct TransitionAllocationTests {
  /// Allocations of so many transitions.
  private func allocations<Method: Sampler>(
    of sampler: Method, transitions: Int, _ density: DensityFunction, at start: [Double]
  ) -> Int {
    var kernel = sampler.kernel(dimension: density.dimension, warmUp: 0)
    kernel.finishWarmUp()
    let workspace = sampler.workspace(of: kernel, dimension: density.dimension)
    var point = ChainPoint(start, density)
    var generator = Philox(seed: 3)
    let before = allocation_count()
    for _ in 0..<transitions { _ = kernel.step(&point, density, workspace, using: &generator) }
    return allocation_count() - before
  }

  @Test(arguments: MetricShape.allCases, DensityPrecision.allCases)
  func aTransitionAllocatesNothing(metric: MetricShape, precision: DensityPrecision) throws {
    try #require(allocation_count() >= 0, "allocations are counted with the GNU C library only")
    let x = DenseArray((0..<300 * 4).map { Float($0 % 17) / 17 - 0.5 }, shape: [300, 4])
    let density = LogDensity(dimension: 4) { θ in
      let logits = matmul(.constant(x), θ.reshaped([4, 1]))
      return (logits * 0.3 - softplus(logits)).sum() - θ.squared.sum() * 0.5
    }
    let function = DensityFunction(CompiledDensity(density, precision: precision))
    let start = [0.1, -0.2, 0.3, 0.0]
    let tree = NoUTurnSampler(stepSize: .fixed(0.02), metric: metric, greatestDepth: 6)
    let fixed = HamiltonianMonteCarlo(length: .jitteredSteps(mean: 5), stepSize: .fixed(0.02), metric: metric)
    for transitions in [10, 200] {
      let few = allocations(of: tree, transitions: transitions, function, at: start)
      #expect(few == allocations(of: tree, transitions: 1, function, at: start), "no-U-turn")
      let some = allocations(of: fixed, transitions: transitions, function, at: start)
      #expect(some == allocations(of: fixed, transitions: 1, function, at: start), "fixed length")
    }
    #expect(allocation_count() > 0, "the counter counts")
  }
}
