//  MicrocanonicalHamiltonian.swift — trajectories at constant speed, with the accept step.
//
//  Equation   (1) from a direction drawn uniformly, steps of `ConstantSpeed`; accept the end by the change of its energy
//                                                                                       [Robnik et al. 2023]
//
//  With the accept step it leaves p invariant for any step; without, it would be biased by the step: `MicrocanonicalLangevin`.
//  Two coordinates at least.
//  Cost       a gradient a step.

public import Arrays
import Foundation

/// Adjusted microcanonical Hamiltonian Monte Carlo.
public struct MicrocanonicalHamiltonian: Sampler, Hashable {
  /// The mean number of steps of a trajectory; each has 1 … 2 mean − 1.
  public let meanSteps: Int
  public let stepSize: StepSize
  public let metric: MetricShape

  /// Precondition: meanSteps ≥ 1.
  public init(
    meanSteps: Int, stepSize: StepSize = .adapted(acceptance: 0.9), metric: MetricShape = .diagonal
  ) {
    precondition(meanSteps >= 1, "trajectories of \(meanSteps) steps")
    self.meanSteps = meanSteps
    self.stepSize = stepSize
    self.metric = metric
  }

  public func kernel(dimension: Int, warmUp: Int) -> Kernel {
    precondition(dimension >= 2, "constant speed needs two coordinates at least")
    return Kernel(
      meanSteps: meanSteps,
      tuning: HamiltonianTuning(stepSize, metric: metric, dimension: dimension, warmUp: warmUp))
  }

  public func workspace(of kernel: Kernel, dimension: Int) -> PhaseMemory { PhaseMemory(dimension: dimension) }

  public struct Kernel: MarkovKernel {
    let meanSteps: Int
    var tuning: HamiltonianTuning

    public mutating func begin(with metric: () -> Metric?) { tuning.begin(with: metric) }

    public mutating func adopt(_ covariance: (MetricShape) -> Metric) { tuning.adopt(covariance) }

    public mutating func step(
      _ point: inout ChainPoint, _ density: DensityFunction, _ memory: PhaseMemory, using generator: inout Philox
    ) -> Transition {
      // The scale of a first step is left to the averaging: a search by one leapfrog step is of another dynamics. It has to do
      // where there is no averaging; a momentum has a length of √D where this direction has 1.
      if tuning.isSearchFinal && tuning.needsSearch {
        let size = searchedStepSize(from: tuning.stepSize, point, density, tuning.metric, using: &generator)
        tuning.begin(at: size * Double(density.dimension).squareRoot())
      } else if tuning.needsSearch {
        tuning.begin(at: tuning.stepSize)
      }
      let count = density.dimension
      var phase = memory.load(point)
      generator.fillNormal(UnsafeMutableBufferPointer(start: phase.momentum, count: count))
      ConstantSpeed.normalize(phase.momentum, count)
      let motion = ConstantSpeed(tuning.metric, dimension: count, scratch: memory.velocity)
      let steps = 1 + generator.integer(below: 2 * meanSteps - 1)
      let size = tuning.stepSize
      var kinetic = 0.0
      var taken = 0
      var isFinite = true
      while taken < steps && isFinite {
        kinetic += motion.step(&phase, size, density)
        taken += 1
        isFinite = phase.logDensity.isFinite && kinetic.isFinite
      }
      let change = kinetic - (phase.logDensity - point.logDensity)
      let isDivergent = !isFinite || !(change < Leapfrog.greatestError)
      let acceptance = isDivergent ? 0 : min(1, exp(-change))
      if generator.uniform() < acceptance { memory.store(phase, in: &point) }  // (1)
      return Transition(
        acceptance: acceptance, stepSize: size, energy: -point.logDensity, isDivergent: isDivergent)
    }

    public mutating func learn(from transition: Transition, at point: ChainPoint) {
      tuning.learn(acceptance: transition.acceptance, at: point.position)
    }

    public mutating func finishWarmUp() { tuning.finish() }
  }
}
