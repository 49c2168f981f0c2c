//  HamiltonianTuning.swift — the step size and the metric of a chain, and how they are learned.

import Arrays
import Foundation

/// How the step of a Hamiltonian sampler is found.
public enum StepSize: Hashable, Codable, Sendable {
  /// Always this. The metric may still be learned.
  case fixed(Double)
  /// Learned while warming up, so that this share of proposals is accepted.
  case adapted(acceptance: Double)
}

struct HamiltonianTuning: Codable, Sendable {
  private(set) var stepSize: Double
  private let rule: StepSize
  private var averaging: DualAveraging
  private var shape: MetricLearning
  /// Whether the scale of the step is to be searched before the next transition.
  private(set) var needsSearch: Bool
  private var hasLearned = false
  /// Whether what a search finds is all that will be known of the step: there was no warm-up.
  private(set) var isSearchFinal = false

  init(_ rule: StepSize, metric: MetricShape, dimension: Int, warmUp: Int) {
    self.init(rule, MetricLearning(metric, dimension: dimension, warmUp: warmUp), warmUp: warmUp)
  }

  init(_ rule: StepSize, _ shape: MetricLearning, warmUp: Int) {
    self.rule = rule
    self.shape = shape
    switch rule {
    case .fixed(let size):
      precondition(size > 0, "a step of \(size): it is positive")
      stepSize = size
      needsSearch = false
      averaging = DualAveraging(target: 0.8, stepSize: size)
    case .adapted(let acceptance):
      precondition(acceptance > 0 && acceptance < 1, "a target acceptance of \(acceptance): it is between 0 and 1")
      stepSize = 1
      needsSearch = warmUp > 0
      averaging = DualAveraging(target: acceptance, stepSize: 1)
    }
  }

  /// Takes the scale that a search has found; half of it where nothing is learned after, since a search may end beyond what is accepted.
  mutating func begin(at size: Double) {
    stepSize = isSearchFinal ? 0.5 * size : size
    averaging.restart(at: stepSize)
    needsSearch = false
  }

  var metric: Metric { shape.metric }

  /// Begins with a metric, where it is dense.
  mutating func begin(with metric: () -> Metric?) { shape.begin(with: metric) }

  /// Has a metric for good; the step is learned.
  mutating func adopt(_ covariance: (MetricShape) -> Metric) { shape.adopt(covariance) }

  mutating func learn(acceptance: Double, at position: [Double]) {
    hasLearned = true
    let isReshaped = shape.learn(at: position)
    if case .adapted = rule {
      averaging.learn(acceptance: acceptance)
      stepSize = averaging.stepSize
      needsSearch = isReshaped
    }
  }

  mutating func finish() {
    guard case .adapted = rule else { return }
    // Without a warm-up the scale of the step is that of the place where the chain begins.
    isSearchFinal = !hasLearned
    needsSearch = isSearchFinal
    if hasLearned { stepSize = averaging.averagedStepSize }
  }
}

/// Finds the scale of the step: doubles or halves it until the acceptance of one step crosses 0.8. [Hoffman and Gelman 2014]
func searchedStepSize(
  from start: Double, _ point: ChainPoint, _ density: DensityFunction, _ metric: Metric, using generator: inout Philox
) -> Double {
  let memory = Vectors(4, dimension: density.dimension)
  var size = start
  var direction = 0.0
  for _ in 0..<60 {
    memory.copy(point.position, to: memory[0])
    memory.copy(point.gradient, to: memory[2])
    metric.drawMomentum(memory[1], using: &generator)
    var phase = PhasePoint(
      position: memory[0], momentum: memory[1], gradient: memory[2], logDensity: point.logDensity)
    let before = Leapfrog.energy(phase, metric, velocity: memory[3])
    Leapfrog.step(&phase, size, metric, density, velocity: memory[3])
    let isAccepted = before - Leapfrog.energy(phase, metric, velocity: memory[3]) > log(0.8)
    if direction == 0 { direction = isAccepted ? 1 : -1 }
    if isAccepted != (direction > 0) { break }
    size *= direction > 0 ? 2 : 0.5
  }
  return size
}
