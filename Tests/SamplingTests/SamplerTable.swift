//  SamplerTable.swift — every sampler beside every target: the plan by which it is held to the truth, or a word why it is not.
//
//  Names of rows are those of samplers, with what is chosen of them. Start and seed of a run are its own. Where a plan asks for unusual
//  settings, they are what the target needs of this sampler: shorter steps where curvature varies, a dense metric for correlation.

import Arrays
import Foundation
import Probability
import Sampling
import Testing

/// The targets with golden moments.
enum TargetName: String, CaseIterable, Sendable {
  case schools = "eight_schools_noncentred"
  case logistic = "logistic_regression"
  case banana
  case gaussian = "correlated_gaussian"
  case network = "tiny_bnn"
  case funnel = "neals_funnel"
  case mixture = "gaussian_mixture_2d"
}

/// One sampler on one target.
enum TableCell: Sendable {
  /// Draws, and how far they are from the truth.
  case held(@Sendable (KnownTarget, UInt64) throws -> HarnessReport)
  /// The same at a cost that a suite cannot have: tested where `CREDENCE_LONG` is set.
  case heldAtLength(@Sendable (KnownTarget, UInt64) throws -> HarnessReport)
  /// Why this sampler cannot be expected to be right here, at a cost that a test can have. Effective draws are the least of all quantities,
  /// at four seeds.
  case leftOut(String)

  /// A run of chains; 1000 transitions of warm-up and 4000 draws where nothing else is asked for.
  static func chains(
    _ sampler: some Sampler, warmUp: Int = 1000, draws: Int = 4000, thinning: Int = 1,
    from start: StartingPoints = .uniform()
  ) -> TableCell {
    .held { target, seed in
      let plan = SamplingPlan(chains: 4, warmUp: warmUp, draws: draws, thinning: thinning, seed: seed)
      return try checkSampler(sampler, on: target, plan, from: start)
    }
  }

  /// This pair, only where long ones are asked for.
  var atLength: TableCell { if case .held(let run) = self { .heldAtLength(run) } else { self } }
}

/// One sampler.
struct TableRow: Sendable {
  let sampler: String
  let cells: [TargetName: TableCell]
}

/// Places of the table that are to be tested.
struct TablePlace: CustomTestStringConvertible, Sendable {
  let sampler: String
  let target: TargetName
  let seed: UInt64
  let run: @Sendable (KnownTarget, UInt64) throws -> HarnessReport

  var testDescription: String { "\(sampler) on \(target)" }

  /// Held in every run of the suite.
  static let all = places { if case .held(let run) = $0 { run } else { nil } }
  /// Held where long runs are asked for.
  static let atLength = places { if case .heldAtLength(let run) = $0 { run } else { nil } }

  private static func places(
    _ choose: (TableCell) -> (@Sendable (KnownTarget, UInt64) throws -> HarnessReport)?
  ) -> [TablePlace] {
    SamplerTable.rows.enumerated().flatMap { row, entry in
      TargetName.allCases.enumerated().compactMap { column, target in
        guard let run = entry.cells[target].flatMap(choose) else { return nil }
        return TablePlace(sampler: entry.sampler, target: target, seed: UInt64(100 * row + column), run: run)
      }
    }
  }
}

enum SamplerTable {
  static let rows: [TableRow] = withoutGradients + hamiltonian + microcanonical + composed

  /// Far enough apart to begin in both modes.
  private static let apart = StartingPoints.uniform(radius: 4)

  // MARK: Values alone

  private static let withoutGradients: [TableRow] = [
    TableRow(
      sampler: "RandomWalkMetropolis",
      cells: [
        .schools: .chains(RandomWalkMetropolis(), warmUp: 2000, thinning: 4),
        .logistic: .chains(RandomWalkMetropolis(metric: .dense), warmUp: 2000, thinning: 2),
        .banana: .chains(RandomWalkMetropolis(), warmUp: 4000, draws: 10_000, thinning: 25),
        // From a uniform start 6 effective draws of 120 000 transitions: it does not learn the metric that it would need to learn it.
        .gaussian: .chains(
          RandomWalkMetropolis(metric: .dense), warmUp: 2000, draws: 2500, thinning: 20, from: .pathfinder()),
        .network: .chains(RandomWalkMetropolis(), warmUp: 4000, thinning: 1500).atLength,
        .funnel: .chains(RandomWalkMetropolis(), draws: 10_000, thinning: 50),
        .mixture: .chains(RandomWalkMetropolis(), draws: 5000, thinning: 4, from: apart),
      ]),
    TableRow(
      sampler: "GibbsSampler, Metropolis within",
      cells: [
        .schools: .chains(GibbsSampler([.metropolis(0..<10)]), thinning: 2),
        .logistic: .chains(GibbsSampler([.metropolis(0..<4)])),
        .banana: .chains(GibbsSampler([.metropolis(0..<2)]), thinning: 200),
        // Neighbours are correlated: a sweep renews little.
        .gaussian: .chains(GibbsSampler([.metropolis(0..<50)]), warmUp: 2000, thinning: 150).atLength,
        .network: .chains(GibbsSampler([.metropolis(0..<16)]), warmUp: 2000, draws: 2500, thinning: 20),
        .funnel: .chains(GibbsSampler([.metropolis(0..<3)]), draws: 10_000, thinning: 10),
        .mixture: .chains(GibbsSampler([.metropolis(0..<2)]), draws: 5000, thinning: 4, from: apart),
      ]),
    TableRow(
      sampler: "GibbsSampler, conditionals",
      cells: [
        .schools: .chains(Conditionals.schools, draws: 5000),
        .logistic: .held { target, seed in
          let plan = SamplingPlan(chains: 4, warmUp: 50, draws: 2000, seed: seed)
          return try checkSampler(Conditionals.logistic(), on: target, plan)
        },
        .banana: .chains(Conditionals.banana, warmUp: 500, thinning: 60),
        .gaussian: .held { target, seed in
          let plan = SamplingPlan(chains: 4, warmUp: 500, draws: 4000, thinning: 8, seed: seed)
          return try checkSampler(Conditionals.gaussian(), on: target, plan)
        },
        .network: .held { target, seed in
          let plan = SamplingPlan(chains: 4, warmUp: 1000, draws: 2500, thinning: 10, seed: seed)
          return try checkSampler(Conditionals.network(), on: target, plan)
        },
        .funnel: .chains(Conditionals.funnel, draws: 5000, thinning: 4),
        .mixture: .held { target, seed in
          let plan = SamplingPlan(chains: 4, warmUp: 50, draws: 4000, thinning: 30, seed: seed)
          return try checkSampler(Conditionals.mixture(), on: target, plan, from: apart)
        },
      ]),
    TableRow(
      sampler: "SliceSampler",
      cells: [
        .schools: .chains(SliceSampler(), warmUp: 500, draws: 2000),
        .logistic: .chains(SliceSampler(), warmUp: 500, draws: 2000),
        .banana: .chains(SliceSampler(), draws: 8000, thinning: 10),
        // Along coordinates 22 to 38 effective draws of 24 000 sweeps.
        .gaussian: .chains(SliceSampler(axes: .learned), warmUp: 150, draws: 500, from: .pathfinder()),
        .network: .chains(SliceSampler(), warmUp: 500, draws: 2000, thinning: 5),
        .funnel: .chains(SliceSampler(), draws: 5000, thinning: 3),
        .mixture: .chains(SliceSampler(), draws: 5000, thinning: 2, from: apart),
      ]),
    TableRow(
      sampler: "EllipticalSliceSampler",
      cells: [
        .schools: .chains(
          EllipticalSliceSampler(
            in: KnownTarget.schoolSpace, normal: ["mu": (5, 5), "tau": (1, 1.2), "theta": (0, 1)]), thinning: 2),
        .logistic: .chains(
          EllipticalSliceSampler(mean: zeros(4), variances: [4, 4, 4, 4]), warmUp: 500, draws: 8000),
        .banana: .chains(EllipticalSliceSampler(mean: [0, 0], variances: [100, 200]), draws: 8000, thinning: 6),
        .gaussian: .held { target, seed in
          let reference = try Conditionals.ellipses(widenedBy: 1.2)
          let plan = SamplingPlan(chains: 4, warmUp: 200, draws: 2000, seed: seed)
          return try checkSampler(reference, on: target, plan)
        },
        .network: .chains(
          EllipticalSliceSampler(mean: zeros(16), variances: [Double](repeating: 1, count: 16)), draws: 2000,
          thinning: 100
        ).atLength,
        .funnel: .chains(
          EllipticalSliceSampler(mean: [0, 0, 0], variances: [16, 100, 100]), draws: 10_000, thinning: 20),
        .mixture: .chains(EllipticalSliceSampler(mean: [0.5, 0.5], variances: [5, 4]), from: apart),
      ]),
  ]

  private static func zeros(_ count: Int) -> [Double] { [Double](repeating: 0, count: count) }

  // MARK: Hamilton's equations

  private static let hamiltonian: [TableRow] = [
    TableRow(
      sampler: "MetropolisAdjustedLangevin",
      cells: [
        .schools: .chains(MetropolisAdjustedLangevin(), warmUp: 2000, draws: 4000, thinning: 2),
        .logistic: .chains(MetropolisAdjustedLangevin(), warmUp: 1000, draws: 4000),
        // With the acceptance as it comes the steps are too long for the tails, where a chain stands still.
        .banana: .chains(
          MetropolisAdjustedLangevin(stepSize: .adapted(acceptance: 0.9), metric: .unit), warmUp: 4000, draws: 5000,
          thinning: 1000
        ).atLength,
        .gaussian: .chains(
          MetropolisAdjustedLangevin(metric: .dense), warmUp: 500, draws: 1500, thinning: 5, from: .pathfinder()),
        .network: .chains(MetropolisAdjustedLangevin(), warmUp: 2000, thinning: 800).atLength,
        .funnel: .leftOut(
          "of 120 million transitions with an acceptance of 0.95 the deviation of v is 4.4 errors off, and of 40 million with steps of 0.04 a "
            + "chain that stands in the neck leaves 9 effective draws"),
        .mixture: .chains(MetropolisAdjustedLangevin(), draws: 8000, thinning: 8, from: apart),
      ]),
    hamiltonianRow(
      "fixed steps",
      gaussian: .chains(
        HamiltonianMonteCarlo(length: .steps(4), metric: .dense), warmUp: 3000, thinning: 5),
      funnelSteps: 100
    ) { .steps($0) },
    hamiltonianRow(
      "jittered steps",
      gaussian: .chains(HamiltonianMonteCarlo(length: .jitteredSteps(mean: 12), metric: .dense), draws: 1500),
      funnelSteps: 300
    ) { .jitteredSteps(mean: $0) },
    TableRow(
      sampler: "HamiltonianMonteCarlo, fixed time",
      cells: [
        .schools: .chains(HamiltonianMonteCarlo(length: .time(1.5)), draws: 2000),
        .logistic: .chains(HamiltonianMonteCarlo(length: .time(1.5)), draws: 2000),
        .banana: .chains(
          HamiltonianMonteCarlo(length: .time(3), stepSize: .adapted(acceptance: 0.95)), draws: 5000),
        // From a uniform start 49 to 277 effective draws of 8000: trajectories are short while the metric is not known.
        .gaussian: .chains(
          HamiltonianMonteCarlo(length: .time(1.5), metric: .dense), warmUp: 300, draws: 1000, from: .pathfinder()),
        .network: .chains(HamiltonianMonteCarlo(length: .time(2), stepSize: .adapted(acceptance: 0.9)), draws: 2000),
        // With 0.99 one of four seeds was 7.4 errors off: its warm-up had not met the neck.
        .funnel: .chains(
          HamiltonianMonteCarlo(length: .time(3), stepSize: .adapted(acceptance: 0.995)), warmUp: 2000, draws: 5000),
        .mixture: .chains(HamiltonianMonteCarlo(length: .time(1.5)), draws: 10_000, from: apart),
      ]),
    TableRow(
      sampler: "NoUTurnSampler, diagonal",
      cells: [
        .schools: .chains(NoUTurnSampler(), draws: 1500), .logistic: .chains(NoUTurnSampler(), draws: 1500),
        // With 0.95 the steps are too long for the tails: over sixteen seeds the moments are right on average, but the standard
        // errors of single runs are too small, with scores to 8. With 0.99 the greatest of all was 2.1.
        .banana: .chains(NoUTurnSampler(stepSize: .adapted(acceptance: 0.99))),
        .gaussian: .chains(NoUTurnSampler(), warmUp: 800, draws: 1500),
        .network: .chains(NoUTurnSampler(stepSize: .adapted(acceptance: 0.9)), warmUp: 800, draws: 1200),
        .funnel: .chains(NoUTurnSampler(stepSize: .adapted(acceptance: 0.99))),
        .mixture: .chains(NoUTurnSampler(), draws: 5000, thinning: 2, from: apart),
      ]),
    TableRow(
      sampler: "NoUTurnSampler, dense",
      cells: [
        .schools: .chains(NoUTurnSampler(metric: .dense), draws: 1500),
        .logistic: .chains(NoUTurnSampler(metric: .dense), draws: 1500),
        .banana: .chains(NoUTurnSampler(stepSize: .adapted(acceptance: 0.99), metric: .dense)),
        .gaussian: .chains(NoUTurnSampler(metric: .dense), warmUp: 800, draws: 1500),
        .network: .chains(
          NoUTurnSampler(stepSize: .adapted(acceptance: 0.9), metric: .dense), warmUp: 800, draws: 1000),
        .funnel: .chains(NoUTurnSampler(stepSize: .adapted(acceptance: 0.99), metric: .dense)),
        .mixture: .chains(NoUTurnSampler(metric: .dense), draws: 5000, thinning: 2, from: apart),
      ]),
  ]

  /// - Parameters:
  ///   - gaussian: Short trajectories of a fixed length are slow there while the dense metric is not known, and long ones
  ///     near a whole period when it is.
  ///   - funnelSteps: Trajectories as long as the mouth, in steps for the neck.
  private static func hamiltonianRow(
    _ name: String, gaussian: TableCell, funnelSteps: Int, _ length: (Int) -> HamiltonianMonteCarlo.Length
  ) -> TableRow {
    func sampler(_ steps: Int, acceptance: Double = 0.8) -> HamiltonianMonteCarlo {
      HamiltonianMonteCarlo(length: length(steps), stepSize: .adapted(acceptance: acceptance))
    }
    return TableRow(
      sampler: "HamiltonianMonteCarlo, \(name)",
      cells: [
        .schools: .chains(sampler(7), draws: 2000), .logistic: .chains(sampler(7), draws: 2000),
        .banana: .chains(sampler(30, acceptance: 0.99), draws: 8000), .gaussian: gaussian,
        .network: .chains(sampler(30, acceptance: 0.9), draws: 2000),
        // With 0.99 some seeds are 6 errors off: their warm-up had not met the neck.
        .funnel: .chains(sampler(funnelSteps, acceptance: 0.995), warmUp: 2000, draws: 5000),
        .mixture: .chains(sampler(7), draws: 8000, from: apart),
      ])
  }

  // MARK: Constant speed

  private static let microcanonical: [TableRow] = [
    TableRow(
      sampler: "MicrocanonicalHamiltonian",
      cells: [
        .schools: .chains(MicrocanonicalHamiltonian(meanSteps: 5), draws: 2000),
        .logistic: .chains(MicrocanonicalHamiltonian(meanSteps: 5), draws: 2000),
        .banana: .chains(
          MicrocanonicalHamiltonian(meanSteps: 20, stepSize: .adapted(acceptance: 0.98)), warmUp: 2000, draws: 12_000),
        .gaussian: .chains(MicrocanonicalHamiltonian(meanSteps: 12, metric: .dense), warmUp: 1500, draws: 1500),
        .network: .chains(
          MicrocanonicalHamiltonian(meanSteps: 20, stepSize: .adapted(acceptance: 0.9)), draws: 2500),
        .funnel: .chains(
          MicrocanonicalHamiltonian(meanSteps: 20, stepSize: .adapted(acceptance: 0.98)), warmUp: 2000, draws: 12_000),
        .mixture: .chains(MicrocanonicalHamiltonian(meanSteps: 5), draws: 8000, from: apart),
      ]),
    TableRow(
      // Nothing is rejected: the step must be so short that its bias is below the error. With the step as it comes one deviation of
      // the Gaussian is 4 % off, which five thousand effective draws see.
      sampler: "MicrocanonicalLangevin",
      cells: [
        .schools: .chains(unadjusted(1e-6), warmUp: 4000, draws: 2000, thinning: 20),
        .logistic: .chains(unadjusted(1e-6), warmUp: 4000, draws: 2000, thinning: 20),
        .banana: .chains(unadjusted(1e-7), warmUp: 6000, draws: 2500, thinning: 100),
        .gaussian: .chains(unadjusted(1e-5), warmUp: 8000, draws: 1500, thinning: 40),
        .network: .chains(unadjusted(1e-6), warmUp: 6000, draws: 1500, thinning: 50),
        // A step for the neck, since one that is found depends on where the warm-up was.
        .funnel: .chains(
          MicrocanonicalLangevin(step: .fixed(0.005), metric: .unit), warmUp: 200_000, draws: 10_000, thinning: 1000
        ).atLength,
        .mixture: .chains(unadjusted(1e-6), warmUp: 4000, draws: 4000, thinning: 100, from: apart),
      ]),
  ]

  private static func unadjusted(_ energyVariance: Double) -> MicrocanonicalLangevin {
    MicrocanonicalLangevin(step: .adapted(energyVariance: energyVariance))
  }

  // MARK: Several temperatures

  private static let composed: [TableRow] = [
    TableRow(
      sampler: "ReplicaExchange",
      cells: [
        .schools: .chains(ReplicaExchange(NoUTurnSampler(), replicas: 2, least: 0.5), warmUp: 500, draws: 800),
        .logistic: .chains(ReplicaExchange(NoUTurnSampler(), replicas: 2, least: 0.5), warmUp: 500, draws: 800),
        .banana: .chains(ReplicaExchange(RandomWalkMetropolis(), replicas: 4, least: 0.1), draws: 5000, thinning: 5),
        .gaussian: .chains(
          ReplicaExchange(
            HamiltonianMonteCarlo(length: .jitteredSteps(mean: 8), metric: .dense), replicas: 2, least: 0.8),
          draws: 800),
        .network: .chains(
          ReplicaExchange(NoUTurnSampler(stepSize: .adapted(acceptance: 0.9)), replicas: 2, least: 0.5), warmUp: 500,
          draws: 500),
        .funnel: .chains(ReplicaExchange(SliceSampler(), replicas: 2, least: 0.6)),
        .mixture: .chains(
          ReplicaExchange(NoUTurnSampler(), replicas: 4, least: 0.1), warmUp: 800, from: apart),
      ]),
    TableRow(
      sampler: "SequentialMonteCarlo",
      cells: [
        .schools: ParticleRuns.schools, .logistic: ParticleRuns.between(zeros(4), 2),
        // Thirty steps of the random walk leave the tails as they are: the second deviation is 8 % too small at each of four seeds.
        .banana: ParticleRuns.between(
          zeros(2), 40,
          method: SequentialMonteCarlo(
            HamiltonianMonteCarlo(length: .jitteredSteps(mean: 20), stepSize: .adapted(acceptance: 0.99)),
            particles: 500, effectiveShare: 0.6, steps: 12)),
        .gaussian: ParticleRuns.between(
          zeros(50), 6,
          method: SequentialMonteCarlo(
            HamiltonianMonteCarlo(length: .jitteredSteps(mean: 3), metric: .dense), particles: 520, effectiveShare: 0.5,
            steps: 2)),
        .network: ParticleRuns.between(
          zeros(16), 1,
          method: SequentialMonteCarlo(
            HamiltonianMonteCarlo(length: .jitteredSteps(mean: 15)), particles: 1000, effectiveShare: 0.5, steps: 10)
        ).atLength,
        // No step of a gradient serves both neck and mouth; slices find their own.
        .funnel: ParticleRuns.between(
          zeros(3), 5, method: SequentialMonteCarlo(SliceSampler(), particles: 250, effectiveShare: 0.5, steps: 40)),
        .mixture: ParticleRuns.between([0, 0], 4),
      ]),
  ]
}
