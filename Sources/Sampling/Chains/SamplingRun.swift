//  SamplingRun.swift — what is to be sampled, and how a run is told to end.

import Foundation
public import Probability

/// Counts and seed of a run. They, the density and the sampler decide every bit of its result.
public struct SamplingPlan: Hashable, Codable, Sendable {
  public var chains: Int
  /// Transitions of each chain that tune it and are not kept.
  public var warmUp: Int
  /// Draws that are kept of each chain.
  public var draws: Int
  /// One draw of so many transitions is kept.
  public var thinning: Int
  public var seed: UInt64

  /// Precondition: at least one chain, a thinning of at least 1, no negative counts.
  public init(chains: Int = 4, warmUp: Int = 1000, draws: Int = 1000, thinning: Int = 1, seed: UInt64) {
    precondition(
      chains >= 1 && warmUp >= 0 && draws >= 0 && thinning >= 1,
      "\(chains) chains of \(warmUp) + \(draws) transitions, thinned by \(thinning)")
    self.chains = chains
    self.warmUp = warmUp
    self.draws = draws
    self.thinning = thinning
    self.seed = seed
  }

  /// Whether a run of this plan can go on as one of another: all but the number of draws decides what chains do.
  func continues(in other: SamplingPlan) -> Bool {
    var longer = self
    longer.draws = other.draws
    return longer == other
  }
}

/// How a run is carried out. Nothing here changes its draws, but where a rule or a request ends it.
public struct SamplingControl: Sendable {
  /// Threads in all; chains share them.
  public var threads: Int
  /// Asked before each transition: whether to stop and keep what there is.
  public var shouldStop: @Sendable () -> Bool
  /// Called after each hundred transitions of a chain, by one thread at a time.
  public var progress: @Sendable (SamplingEvent) -> Void

  /// The processors of this machine.
  public static var processorCount: Int { ProcessInfo.processInfo.activeProcessorCount }

  /// Precondition: threads ≥ 1.
  public init(
    threads: Int = SamplingControl.processorCount,
    progress: @escaping @Sendable (SamplingEvent) -> Void = { _ in },
    shouldStop: @escaping @Sendable () -> Bool = { false }
  ) {
    precondition(threads >= 1, "a run on \(threads) threads: it needs at least one")
    self.threads = threads
    self.shouldStop = shouldStop
    self.progress = progress
  }
}

/// A moment of a run.
public struct SamplingEvent: Sendable {
  public let chain: Int
  public let chainCount: Int
  /// Transitions of this chain so far, the warm-up included, of how many.
  public let transition: Int
  public let transitionCount: Int
  public let isWarmingUp: Bool
  /// Divergences after the warm-up so far.
  public let divergences: Int
  /// log p where the chain is. Unit: nats.
  public let logDensity: Double
}

/// When a run has enough.
public enum StopRule: Hashable, Sendable {
  /// After the draws of the plan.
  case allDraws
  /// When every coordinate has so many effective draws in bulk and tail and an R-hat of at most 1.01, one chain alone by its
  /// effective draws; asked each time that every chain has made `interval` more draws. At the latest after the draws of the plan.
  case effectiveSampleSize(Double, interval: Int = 250)
  /// After so many seconds, with the draws that every chain has by then; stopped and not complete where one has none yet. At the
  /// latest after the draws of the plan. How many there are depends on the machine; what they are does not.
  case time(Double)
}

/// Why a run has no result.
public enum SamplingError: Error, Hashable, Sendable, CustomStringConvertible {
  /// No starting point with a finite density was found; with what was wrong at the last that was tried.
  case noStart(chain: Int, StartFault?)
  /// Fewer starting points were given than there are chains.
  case tooFewStarts(given: Int, chains: Int)
  /// A starting point was given that has other coordinates than the density.
  case foreignStart(chain: Int, coordinates: Int, dimension: Int)
  /// A starting point was given where the log density or its gradient is not finite.
  case badStart(chain: Int, StartFault)
  /// The log likelihood is not finite at any draw of the prior.
  case noLikelihood(particles: Int)
  /// States that belong to another plan, sampler, density or precision.
  case foreignState(String)
  /// A parameter has a name that a file of draws keeps for what chains record.
  case keptName(path: String, name: String)
  /// The file of draws could not be written or read.
  case file(path: String, problem: String)

  public var description: String { sentence(in: nil) }

  /// What went wrong and what to do, with coordinates by the names of the parameters that they belong to.
  public func sentence(in space: ParameterSpace?) -> String {
    switch self {
    case .noStart(let chain, let fault):
      "chain \(chain + 1) found no starting point where the log density and its gradient are finite"
        + (fault.map { ": at the last that was tried \($0.words(in: space))" } ?? "")
        + "; give starting points, or check the density"
    case .tooFewStarts(let given, let chains):
      "\(given == 1 ? "one starting point is" : "\(given) starting points are") given for \(chains) chains; "
        + "give one for each chain"
    case .foreignStart(let chain, let coordinates, let dimension):
      "the starting point of chain \(chain + 1) has \(coordinates) numbers where the density takes \(dimension); "
        + "give unconstrained coordinates, as space.unconstrained makes them of parameters"
    case .badStart(let chain, let fault):
      "at the starting point of chain \(chain + 1) \(fault.words(in: space)); give another point, or check the density"
    case .noLikelihood(let particles):
      "the log likelihood is finite at none of \(particles) draws of the prior; check it there, and its data, "
        + "or take more particles"
    case .foreignState(let problem): problem
    case .keptName(let path, let name):
      "\(path): the parameter \(name) has a name that the file keeps for what chains record; give it another name"
    case .file(let path, let problem): "\(path): \(problem); name a file that can be written"
    }
  }
}
