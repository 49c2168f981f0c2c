//  RandomWalkMetropolis.swift — propose a normal step, accept by the ratio of densities.
//
//  Equations  (1) x′ = x + s √C z;  accept with probability min(1, p(x′)/p(x))      [Metropolis et al. 1953]
//             (2) warm-up: log s ← log s + (α − δ)/t^0.6, and C from windows of draws, `MetricLearning`
//             (3) s₀ = 2.38/√D, δ = 0.234 (0.44 for D = 1): best for a normal target    [Roberts, Gelman and Gilks 1997]
//
//  Needs no gradient. Cost one value a transition, but of the order of D transitions for one effective draw.

public import Arrays
import Foundation

/// Adaptive random-walk Metropolis.
public struct RandomWalkMetropolis: Sampler, Hashable {
  public let metric: MetricShape

  public init(metric: MetricShape = .diagonal) { self.metric = metric }

  public func kernel(dimension: Int, warmUp: Int) -> Kernel {
    Kernel(
      scale: RobbinsMonroScale(start: 2.38 / Double(dimension).squareRoot(), target: dimension == 1 ? 0.44 : 0.234),
      shape: MetricLearning(
        metric, dimension: dimension, warmUp: warmUp, transitionsPerDraw: 3 * Double(dimension)))
  }

  public func workspace(of kernel: Kernel, dimension: Int) -> PhaseMemory { PhaseMemory(dimension: dimension) }

  public struct Kernel: MarkovKernel {
    var scale: RobbinsMonroScale
    var shape: MetricLearning

    public mutating func begin(with metric: () -> Metric?) { shape.begin(with: metric) }

    public mutating func adopt(_ covariance: (MetricShape) -> Metric) { shape.adopt(covariance) }

    public mutating func step(
      _ point: inout ChainPoint, _ density: DensityFunction, _ memory: PhaseMemory, using generator: inout Philox
    ) -> Transition {
      let phase = memory.load(point)
      let step = memory.velocity
      generator.fillNormal(UnsafeMutableBufferPointer(start: step, count: density.dimension))
      shape.metric.colour(step)
      for i in 0..<density.dimension { phase.position[i] += scale.value * step[i] }
      let proposed = density(phase.position)
      let acceptance = proposed.isNaN ? 0 : min(1, exp(proposed - point.logDensity))
      if generator.uniform() < acceptance {  // (1)
        var accepted = phase
        accepted.logDensity = proposed
        memory.store(accepted, in: &point)
      }
      return Transition(acceptance: acceptance, stepSize: scale.value, energy: -point.logDensity)
    }

    public mutating func learn(from transition: Transition, at point: ChainPoint) {
      if shape.learn(at: point.position) { scale.restart() }
      scale.learn(acceptance: transition.acceptance)
    }

    public mutating func finishWarmUp() { scale.finish() }
  }
}
