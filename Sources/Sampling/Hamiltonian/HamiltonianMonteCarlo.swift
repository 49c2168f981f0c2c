//  HamiltonianMonteCarlo.swift — trajectories of a length that is chosen beforehand.
//
//  Equation   (1) accept the end of L leapfrog steps with probability min(1, exp(H₀ − H_L))      [Duane et al. 1987; Neal 2011]
//
//  A length that is drawn anew for each transition avoids the periods of a target, along which a fixed length returns to where
//  it began. Cost L gradients a transition.

public import Arrays
import Foundation

/// Hamiltonian Monte Carlo.
public struct HamiltonianMonteCarlo: Sampler, Hashable {
  /// How far a trajectory goes.
  public enum Length: Hashable, Codable, Sendable {
    /// So many steps.
    case steps(Int)
    /// A number of steps drawn uniformly from 1 … 2 mean − 1.
    case jitteredSteps(mean: Int)
    /// So long in time, whatever the step size: time / step size steps, at least one and at most `limit`.
    case time(Double, limit: Int = 1000)
  }

  public let length: Length
  public let stepSize: StepSize
  public let metric: MetricShape

  /// Precondition: the length is positive.
  public init(
    length: Length, stepSize: StepSize = .adapted(acceptance: 0.8), metric: MetricShape = .diagonal
  ) {
    switch length {
    case .steps(let count), .jitteredSteps(let count): precondition(count >= 1, "a trajectory of \(count) steps")
    case .time(let time, let limit): precondition(time > 0 && limit >= 1, "a trajectory of time \(time)")
    }
    self.length = length
    self.stepSize = stepSize
    self.metric = metric
  }

  public func kernel(dimension: Int, warmUp: Int) -> Kernel {
    Kernel(
      length: length, tuning: HamiltonianTuning(stepSize, metric: metric, dimension: dimension, warmUp: warmUp))
  }

  public func workspace(of kernel: Kernel, dimension: Int) -> PhaseMemory { PhaseMemory(dimension: dimension) }

  public struct Kernel: MarkovKernel {
    public static var hasMomentum: Bool { true }

    let length: Length
    var tuning: HamiltonianTuning

    public var stepSize: Double { tuning.stepSize }
    public var metric: Metric { tuning.metric }

    public mutating func begin(with metric: () -> Metric?) { tuning.begin(with: metric) }

    public mutating func adopt(_ covariance: (MetricShape) -> Metric) { tuning.adopt(covariance) }

    public mutating func step(
      _ point: inout ChainPoint, _ density: DensityFunction, _ memory: PhaseMemory, using generator: inout Philox
    ) -> Transition {
      if tuning.needsSearch {
        tuning.begin(
          at: searchedStepSize(from: tuning.stepSize, point, density, tuning.metric, using: &generator))
      }
      let steps = stepCount(using: &generator)
      var phase = memory.load(point)
      tuning.metric.drawMomentum(phase.momentum, using: &generator)
      let before = Leapfrog.energy(phase, tuning.metric, velocity: memory.velocity)
      var taken = 0
      var isDivergent = false
      while taken < steps && !isDivergent {
        Leapfrog.step(&phase, tuning.stepSize, tuning.metric, density, velocity: memory.velocity)
        taken += 1
        isDivergent = !phase.logDensity.isFinite
      }
      let after = Leapfrog.energy(phase, tuning.metric, velocity: memory.velocity)
      isDivergent = isDivergent || !(after - before < Leapfrog.greatestError)
      let acceptance = isDivergent ? 0 : min(1, exp(before - after))
      let isAccepted = generator.uniform() < acceptance  // (1)
      if isAccepted { memory.store(phase, in: &point) }
      return Transition(
        acceptance: acceptance, stepSize: tuning.stepSize, energy: isAccepted ? after : before,
        isDivergent: isDivergent)
    }

    private func stepCount(using generator: inout Philox) -> Int {
      switch length {
      case .steps(let count): count
      case .jitteredSteps(let mean): 1 + generator.integer(below: 2 * mean - 1)
      case .time(let time, let limit): max(1, Int(min(Double(limit), (time / tuning.stepSize).rounded())))
      }
    }

    public mutating func learn(from transition: Transition, at point: ChainPoint) {
      tuning.learn(acceptance: transition.acceptance, at: point.position)
    }

    public mutating func finishWarmUp() { tuning.finish() }
  }
}

/// Memory for one phase point and its velocity.
public final class PhaseMemory {
  private let vectors: Vectors

  init(dimension: Int) { vectors = Vectors(4, dimension: dimension) }

  var velocity: UnsafeMutablePointer<Double> { vectors[3] }

  /// The point, with memory for its momentum.
  func load(_ point: ChainPoint) -> PhasePoint {
    vectors.copy(point.position, to: vectors[0])
    vectors.copy(point.gradient, to: vectors[2])
    return PhasePoint(
      position: vectors[0], momentum: vectors[1], gradient: vectors[2], logDensity: point.logDensity)
  }

  func store(_ phase: PhasePoint, in point: inout ChainPoint) {
    vectors.copy(phase.position, to: &point.position)
    vectors.copy(phase.gradient, to: &point.gradient)
    point.logDensity = phase.logDensity
  }
}
