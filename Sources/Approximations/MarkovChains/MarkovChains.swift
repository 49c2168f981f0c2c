//  MarkovChains.swift — draws from the posterior of a network itself: Hamiltonian chains on all rows at once.
//
//  Notation   θ [P],  N rows,  C chains,  S draws that each keeps
//
//  Equations  (1) the chains leave p(θ | D) ∝ p(θ) Πₙ p(yₙ | xₙ, θ) invariant: `BayesianModel.logJoint`, every row in every gradient
//             (2) trajectories end where they turn back [Hoffman and Gelman 2014; Betancourt 2017], or have a length that is
//                 drawn anew for each [Neal 2011]
//
//  The one method here whose error goes to zero with time alone: the reference for the others. Chains begin where training would
//  begin, each at another point. Weights have symmetries, so convergence is judged by predictions:
//  `MarkovChainsPosterior.convergence(at:)`.
//
//  Cost       a transition is up to 2^depth gradients over all rows: for thousands of rows and parameters, not millions.
//             Memory: C S P numbers of 64 bits while sampling, of 32 after.

public import Networks
import Probability
public import Sampling
public import Training

/// NUTS or HMC on the posterior of a network.
public struct MarkovChains: InferenceMethod {
  public static let name = "nuts"

  /// How a trajectory ends.
  public enum Dynamics: Hashable, Sendable, Codable {
    /// Where it turns back, after 2^greatestDepth − 1 steps at the latest.
    case noUTurn(greatestDepth: Int = 10)
    /// After a number of steps drawn uniformly from 1 … 2 mean − 1.
    case hamiltonian(meanSteps: Int)
  }

  public var dynamics: Dynamics
  /// C.
  public var chains: Int
  /// Transitions of each chain that tune it and are not kept.
  public var warmUp: Int
  /// S.
  public var draws: Int
  /// One draw of so many transitions is kept.
  public var thinning: Int
  /// The share of proposals that the step is tuned to.
  public var acceptance: Double
  public var metric: MetricShape
  public var precision: DensityPrecision
  /// When there is enough, before every chain has made S draws.
  public var ending: Ending

  /// Precondition: counts ≥ 1, a warm-up ≥ 0, 0 < acceptance < 1.
  public init(
    _ dynamics: Dynamics = .noUTurn(), chains: Int = 4, warmUp: Int = 500, draws: Int = 100, thinning: Int = 5,
    acceptance: Double = 0.8, metric: MetricShape = .diagonal, precision: DensityPrecision = .double,
    ending: Ending = Ending()
  ) {
    precondition(
      chains >= 1 && warmUp >= 0 && draws >= 1 && thinning >= 1,
      "\(chains) chains of \(warmUp) + \(draws) · \(thinning) transitions")
    precondition(acceptance > 0 && acceptance < 1, "a target acceptance of \(acceptance): it is between 0 and 1")
    self.dynamics = dynamics
    self.chains = chains
    self.warmUp = warmUp
    self.draws = draws
    self.thinning = thinning
    self.acceptance = acceptance
    self.metric = metric
    self.precision = precision
    self.ending = ending
  }

  /// Progress counts transitions as epochs and chains as members; its loss is −log p(θ, D) / N.
  public func fit(
    _ model: BayesianModel, to examples: Examples, seed: UInt64, control: RunControl
  ) throws(TrainingError) -> MarkovChainsPosterior {
    guard model.network.stateCount == 0 else {
      throw .unusable(
        "the density of a network with batch normalisation depends on its minibatches; use group or layer normalisation"
      )
    }
    guard model.prior != .flat else {
      throw .unusable("under a flat prior the posterior may have no finite mass; give the parameters a prior")
    }
    let run = MarkovChainsRun(method: self, model: model, examples: examples, seed: seed, control: control)
    switch dynamics {
    case .noUTurn(let depth):
      return try run.sample(
        NoUTurnSampler(stepSize: .adapted(acceptance: acceptance), metric: metric, greatestDepth: depth))
    case .hamiltonian(let steps):
      return try run.sample(
        HamiltonianMonteCarlo(
          length: .jitteredSteps(mean: steps), stepSize: .adapted(acceptance: acceptance), metric: metric))
    }
  }
}
