//  ChainState.swift — one chain: all that its future depends on, and what it has recorded.

import Arrays
import Evaluation

/// A chain between two transitions. Written down and read again, it goes on to the same bits.
public struct ChainState<Kernel: MarkovKernel>: Codable, Sendable {
  public let chain: Int
  /// The plan that the chain was begun with.
  let plan: SamplingPlan
  /// The sampler that it was begun with, as a number.
  let sampler: UInt64
  public internal(set) var point: ChainPoint
  public internal(set) var kernel: Kernel
  var generator: Philox
  /// Transitions so far, the warm-up included.
  public internal(set) var transition = 0

  /// Draws that were handed to another place, before those that are here.
  var releasedDraws = 0
  /// The draws kept here, one after the other. Shape [n D].
  @PackedNumbers var draws: [Double] = []
  /// log p at each draw.
  @PackedNumbers var logDensities: [Double] = []
  /// The last transition before each draw; divergent or saturated if any since the draw before was, with all values that were not a
  /// number since then.
  var transitions: [Transition] = []
  /// Whether a transition since the last draw was divergent, or saturated.
  private var hasDiverged = false
  private var hasSaturated = false
  /// Evaluations since the last draw that were not a number; those while warming up.
  private var notANumber = 0
  var warmUpNotANumber = 0
  /// Evaluations while warming up, and after; divergent transitions after it.
  var warmUpEvaluations = 0
  var evaluations = 0
  var divergences = 0
  /// The energies of all transitions after the warm-up.
  var energies = EnergyChanges()

  init(
    chain: Int, _ plan: SamplingPlan, sampler: UInt64, point: ChainPoint, kernel: Kernel, generator: Philox
  ) {
    self.chain = chain
    self.plan = plan
    self.sampler = sampler
    self.point = point
    self.kernel = kernel
    self.generator = generator
  }

  /// All draws that were made.
  var drawCount: Int { releasedDraws + logDensities.count }

  /// Forgets the draws that are kept here: another place has them.
  mutating func release() {
    releasedDraws = drawCount
    draws = []
    logDensities = []
    transitions = []
  }

  /// The number of transitions that a plan asks of a chain.
  static func transitionCount(_ plan: SamplingPlan) -> Int { plan.warmUp + plan.draws * plan.thinning }

  /// Runs until so many draws are kept, or until asked to stop.
  mutating func run(
    toDraws target: Int, _ plan: SamplingPlan, _ density: DensityFunction, _ workspace: Kernel.Workspace,
    shouldStop: () -> Bool, report: (borrowing ChainState) -> Void
  ) {
    let last = plan.warmUp + target * plan.thinning
    draws.reserveCapacity((target - releasedDraws) * density.dimension)
    while transition < last && !shouldStop() {
      let (unknown, evaluated) = (density.notANumberCount, density.evaluationCount)
      var record = kernel.step(&point, density, workspace, using: &generator)
      record.evaluations = density.evaluationCount - evaluated
      transition += 1
      if transition <= plan.warmUp {
        warmUpEvaluations += record.evaluations
        warmUpNotANumber += density.notANumberCount - unknown
        kernel.learn(from: record, at: point)
        if transition == plan.warmUp { kernel.finishWarmUp() }
      } else {
        evaluations += record.evaluations
        notANumber += density.notANumberCount - unknown
        if record.isDivergent { divergences += 1 }
        if Kernel.hasMomentum { energies.add(record.energy) }
        (hasDiverged, hasSaturated) = (hasDiverged || record.isDivergent, hasSaturated || record.isSaturated)
        if (transition - plan.warmUp) % plan.thinning == 0 {
          (record.isDivergent, record.isSaturated, record.notANumber) = (hasDiverged, hasSaturated, notANumber)
          (hasDiverged, hasSaturated, notANumber) = (false, false, 0)
          draws += point.position
          logDensities.append(point.logDensity)
          transitions.append(record)
        }
      }
      if transition % 100 == 0 || transition == last { report(self) }
    }
  }

  func event(_ plan: SamplingPlan) -> SamplingEvent {
    SamplingEvent(
      chain: chain, chainCount: plan.chains, transition: transition, transitionCount: Self.transitionCount(plan),
      isWarmingUp: transition < plan.warmUp, divergences: divergences,
      logDensity: point.logDensity)
  }
}
