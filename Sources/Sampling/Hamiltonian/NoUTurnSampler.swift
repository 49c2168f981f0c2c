//  NoUTurnSampler.swift — Hamiltonian Monte Carlo whose trajectories end where they turn back.
//
//  The method to begin with: it needs no tuning by hand. A step draws a momentum, grows a tree (`NoUTurnTree`) and takes a draw
//  from it; the warm-up finds step size and metric (`HamiltonianTuning`). [Hoffman and Gelman 2014; Betancourt 2017]
//
//  Cost       a transition of depth d is 2ᵈ − 1 gradients.

public import Arrays

/// The No-U-Turn sampler, multinomial, with the generalised criterion.
public struct NoUTurnSampler: Sampler, Hashable {
  public let stepSize: StepSize
  public let metric: MetricShape
  public let greatestDepth: Int

  /// Precondition: greatestDepth ≥ 1.
  public init(
    stepSize: StepSize = .adapted(acceptance: 0.8), metric: MetricShape = .diagonal, greatestDepth: Int = 10
  ) {
    precondition(greatestDepth >= 1, "a greatest depth of \(greatestDepth): it is at least 1")
    self.stepSize = stepSize
    self.metric = metric
    self.greatestDepth = greatestDepth
  }

  public func kernel(dimension: Int, warmUp: Int) -> Kernel {
    Kernel(
      greatestDepth: greatestDepth,
      tuning: HamiltonianTuning(stepSize, metric: metric, dimension: dimension, warmUp: warmUp))
  }

  public func workspace(of kernel: Kernel, dimension: Int) -> NoUTurnTree {
    NoUTurnTree(dimension: dimension, greatestDepth: kernel.greatestDepth)
  }

  public struct Kernel: MarkovKernel {
    public static var hasMomentum: Bool { true }

    let greatestDepth: Int
    var tuning: HamiltonianTuning

    public var stepSize: Double { tuning.stepSize }
    public var metric: Metric { tuning.metric }

    public mutating func begin(with metric: () -> Metric?) { tuning.begin(with: metric) }

    public mutating func adopt(_ covariance: (MetricShape) -> Metric) { tuning.adopt(covariance) }

    public mutating func step(
      _ point: inout ChainPoint, _ density: DensityFunction, _ tree: NoUTurnTree, using generator: inout Philox
    ) -> Transition {
      if tuning.needsSearch {
        tuning.begin(
          at: searchedStepSize(from: tuning.stepSize, point, density, tuning.metric, using: &generator))
      }
      return tree.transition(
        &point, density, tuning.metric, stepSize: tuning.stepSize, greatestDepth: greatestDepth, using: &generator)
    }

    public mutating func learn(from transition: Transition, at point: ChainPoint) {
      tuning.learn(acceptance: transition.acceptance, at: point.position)
    }

    public mutating func finishWarmUp() { tuning.finish() }
  }
}
