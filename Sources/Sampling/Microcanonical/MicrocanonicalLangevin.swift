//  MicrocanonicalLangevin.swift — motion at constant speed with a little noise in its direction, and no accept step.
//
//  Notation   u  direction, |u| = 1     D coordinates     ε step     L  the length over which a direction is forgotten, in
//             coordinates in which the metric is the unit     ΔH  the change of `ConstantSpeed`'s energy in a step
//
//  Equations  (1) u ← (u + ν z)/|u + ν z|,   z ~ N(0, I),   ν² = (e^{ε/L} − 1)/D                [Robnik and Seljak 2023]
//             (2) a transition: (1), a step of `ConstantSpeed`, (1)
//             (3) warm-up: ΔH² grows as ε⁶, so each step says which ε has E ΔH² = v D; ε follows their weighted mean, in which
//                 guesses far from the present step count less                          [Robnik et al. 2023]
//             (4) and L = 0.4 ε S/S_eff, S_eff effective draws among the S of the last window, S/S_eff a mean over coordinates; √D
//                 before                                                               [Robnik and Seljak 2023]
//
//  In continuous time the positions have density p. The step leaves a bias that vanishes with v, and there is nothing that rejects:
//  the cheapest draws where a bias of some per cent of a deviation is small beside their spread. A transition is one step:
//  thin by about L/ε. The windows of the warm-up end after a quarter, a half and nine tenths of it: single steps show the scales of
//  correlated coordinates only by the thousand. With the accept step: `MicrocanonicalHamiltonian`.
//  Cost       a gradient a transition.

public import Arrays
import Foundation

/// Unadjusted microcanonical Langevin Monte Carlo. At least two coordinates.
public struct MicrocanonicalLangevin: Sampler, Hashable {
  /// How the step is found.
  public enum Step: Hashable, Codable, Sendable {
    case fixed(Double)
    /// v, the mean of ΔH² a coordinate that the warm-up aims at.
    case adapted(energyVariance: Double)
  }

  public let step: Step
  /// L; found by the warm-up where it is `nil`, equation (4).
  public let length: Double?
  public let metric: MetricShape

  /// Precondition: positive numbers.
  public init(
    step: Step = .adapted(energyVariance: 5e-4), length: Double? = nil, metric: MetricShape = .diagonal
  ) {
    switch step {
    case .fixed(let number), .adapted(let number): precondition(number > 0, "a step by \(number): it is positive")
    }
    if let length { precondition(length > 0, "directions that last for a length of \(length): it is positive") }
    self.step = step
    self.length = length
    self.metric = metric
  }

  public func kernel(dimension: Int, warmUp: Int) -> Kernel {
    precondition(dimension >= 2, "constant speed needs two coordinates at least")
    let schedule = WindowSchedule(warmUp: warmUp, shares: [0.1, 0.25, 0.5, 0.9])
    return Kernel(
      tuning: EnergyVarianceTuning(step, dimension: dimension),
      shape: MetricLearning(metric, dimension: dimension, schedule),
      decoherence: DecoherenceTuning(length, dimension: dimension, schedule))
  }

  public func workspace(of kernel: Kernel, dimension: Int) -> PhaseMemory { PhaseMemory(dimension: dimension) }

  public struct Kernel: MarkovKernel {
    private var tuning: EnergyVarianceTuning
    private var shape: MetricLearning
    private var decoherence: DecoherenceTuning
    /// u; empty before the first step.
    private var direction: [Double] = []
    private var lastChange = 0.0

    fileprivate init(tuning: EnergyVarianceTuning, shape: MetricLearning, decoherence: DecoherenceTuning) {
      self.tuning = tuning
      self.shape = shape
      self.decoherence = decoherence
    }

    public var stepSize: Double { tuning.stepSize }
    /// L.
    public var length: Double { decoherence.length }

    public mutating func adopt(_ covariance: (MetricShape) -> Metric) {
      shape.adopt(covariance)
      decoherence.keep()
    }

    public mutating func step(
      _ point: inout ChainPoint, _ density: DensityFunction, _ memory: PhaseMemory, using generator: inout Philox
    ) -> Transition {
      let count = density.dimension
      let motion = ConstantSpeed(shape.metric, dimension: count, scratch: memory.velocity)
      if tuning.needsSearch {
        var searched = tuning
        searched.search { size in
          var phase = memory.load(point)
          turn(phase.momentum, by: .infinity, memory.velocity, count, using: &generator)
          let kinetic = motion.step(&phase, size, density)
          return kinetic - (phase.logDensity - point.logDensity)
        }
        tuning = searched
      }
      let size = tuning.stepSize
      var phase = memory.load(point)
      if direction.isEmpty {
        direction = [Double](repeating: 0, count: count)
        turn(phase.momentum, by: .infinity, memory.velocity, count, using: &generator)
      } else {
        for i in 0..<count { phase.momentum[i] = direction[i] }
      }
      let noise = ((exp(size / length) - 1) / Double(count)).squareRoot()
      turn(phase.momentum, by: noise, memory.velocity, count, using: &generator)
      let kinetic = motion.step(&phase, size, density)
      let change = kinetic - (phase.logDensity - point.logDensity)
      let isDivergent = !(abs(change) < Leapfrog.greatestError)
      lastChange = isDivergent ? 0 : change
      if isDivergent {
        // The step is not taken, and the motion goes on in another direction.
        turn(phase.momentum, by: .infinity, memory.velocity, count, using: &generator)
      } else {
        turn(phase.momentum, by: noise, memory.velocity, count, using: &generator)
        memory.store(phase, in: &point)
      }
      for i in 0..<count { direction[i] = phase.momentum[i] }
      return Transition(
        acceptance: isDivergent ? 0 : 1, stepSize: size, energy: -point.logDensity, isDivergent: isDivergent)
    }

    /// Equation (1); a noise of infinity draws a new direction.
    private func turn(
      _ u: UnsafeMutablePointer<Double>, by noise: Double, _ z: UnsafeMutablePointer<Double>, _ count: Int,
      using generator: inout Philox
    ) {
      generator.fillNormal(UnsafeMutableBufferPointer(start: z, count: count))
      for i in 0..<count { u[i] = noise == .infinity ? z[i] : u[i] + noise * z[i] }
      ConstantSpeed.normalize(u, count)
    }

    public mutating func learn(from transition: Transition, at point: ChainPoint) {
      decoherence.learn(at: point.position, stepSize: tuning.stepSize)
      if shape.learn(at: point.position) { tuning.restart() }
      tuning.learn(change: transition.isDivergent ? .nan : lastChange)
    }

    public mutating func finishWarmUp() { tuning.finish() }
  }
}

/// Equation (3).
private struct EnergyVarianceTuning: Codable, Hashable, Sendable {
  private(set) var stepSize: Double
  private let rule: MicrocanonicalLangevin.Step
  private let dimension: Double
  /// The weighted sums of ε⁶ for ΔH² = v D, as its inverse, and of the weights.
  private var inverseSum = 0.0
  private var weightSum = 0.0
  private var count = 0.0
  private var hasLearned = false
  /// Whether the step is to be searched before the next transition: there was no warm-up.
  private(set) var needsSearch = false

  init(_ rule: MicrocanonicalLangevin.Step, dimension: Int) {
    self.rule = rule
    self.dimension = Double(dimension)
    stepSize =
      switch rule {
      case .fixed(let size): size
      case .adapted: 0.25 * Double(dimension).squareRoot()
      }
  }

  /// Begins anew for another metric, from the present step.
  mutating func restart() { (inverseSum, weightSum, count) = (0, 0, 0) }

  /// - Parameter change: ΔH; not a number after a step that was not taken.
  mutating func learn(change: Double) {
    guard case .adapted(let variance) = rule else { return }
    hasLearned = true
    guard change.isFinite else {
      stepSize *= 0.8
      return restart()
    }
    count += 1
    // The guess of this step is stepSize · ratio^(−1/6).
    let ratio = change * change / (variance * dimension) + 1e-8
    let distance = log(ratio) / 9
    let weight = exp(-0.5 * distance * distance)
    // The memory grows with the run up to some 150 steps' worth.
    let share = min(count, 150)
    let decay = (share - 1) / (share + 1)
    inverseSum = decay * inverseSum + weight * ratio / pow(stepSize, 6)
    weightSum = decay * weightSum + weight
    let size = pow(inverseSum / weightSum, -1.0 / 6)
    if size.isFinite && size > 0 { stepSize = size }
  }

  mutating func finish() {
    if case .adapted = rule { needsSearch = !hasLearned }
  }

  /// Halves the step until ΔH² is at most v D for each of five directions.
  ///
  /// - Parameter change: ΔH of a step of a size in a direction drawn anew.
  mutating func search(_ change: (Double) -> Double) {
    needsSearch = false
    guard case .adapted(let variance) = rule else { return }
    var (passed, tries) = (0, 0)
    while passed < 5 && tries < 200 {
      let found = change(stepSize)
      passed = found * found <= variance * dimension ? passed + 1 : 0
      if passed == 0 { stepSize *= 0.5 }
      tries += 1
    }
  }
}
