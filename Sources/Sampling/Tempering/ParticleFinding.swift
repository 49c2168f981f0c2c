//  ParticleFinding.swift — what is wrong with a run of sequential Monte Carlo, and what to do.
//
//  Weights are right whatever the moves are worth, but particles that share a parent and hardly move are one particle: moments and evidence
//  are then those of a few, and no standard error that counts particles says so.

import Arrays

/// One thing that is wrong.
public enum ParticleFinding: Hashable, Sendable {
  /// A request to stop came before the posterior.
  case unfinished(inverseTemperature: Double)
  /// Few proposals were accepted at so many stages, at this β the fewest.
  case refusedMoves(stages: Int, inverseTemperature: Double, acceptance: Double)
  /// Moves left particles near where they were at so many stages, at this β the most.
  case smallMoves(stages: Int, inverseTemperature: Double, renewal: Double)
  /// Few particles were taken over at so many stages, at this β the fewest.
  case fewParents(stages: Int, inverseTemperature: Double, parents: Int, of: Int)
  /// All particles descend from few draws of the prior, and moves were too small to make up for it.
  case fewFounders(Int, of: Int)

  /// Below this share proposals are hardly ever accepted; those of a random walk aim at 0.234.
  public static let leastAcceptance = 0.08
  /// Below this the moves of a stage have forgotten too little.
  public static let leastRenewal = 0.3
  /// Below this share of particles too few are taken over.
  public static let leastParents = 0.1
  /// Below this share of particles the founders are few.
  public static let leastFounders = 0.02

  /// The thing and what to do, in a sentence.
  public var sentence: String {
    func at(_ stages: Int, _ beta: Double) -> String {
      stages == 1 ? "at β = \(rounded(beta))" : "at \(stages) stages, worst at β = \(rounded(beta))"
    }
    switch self {
    case .unfinished(let beta):
      return "The run was stopped at β = \(rounded(beta)): its particles are not draws of the posterior; "
        + "let it go on to β = 1."
    case .refusedMoves(let stages, let beta, let acceptance):
      return "Particles hardly move: \(rounded(100 * acceptance)) % of proposals were accepted \(at(stages, beta)); "
        + "the density is narrower in places than the particles are spread, so take more steps, or a sampler with gradients."
    case .smallMoves(let stages, let beta, let renewal):
      return "Particles stay near where they were put: the moves renewed \(rounded(100 * renewal)) % of a coordinate's "
        + "variance \(at(stages, beta)); take more steps a stage."
    case .fewParents(let stages, let beta, let parents, let count):
      return "\(parents) of \(count) particles were taken over \(at(stages, beta)): the likelihood rules most of the "
        + "others out at once; take more particles, or a prior nearer to the data."
    case .fewFounders(let founders, let count):
      return "All \(count) particles descend from \(founders) draw\(founders == 1 ? "" : "s") of the prior, and "
        + "their moves were too small to make up for it: modes may be missing, and the evidence is less certain than it looks; "
        + "take more particles and more steps."
    }
  }

  /// Two digits, as a plain number.
  private func rounded(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e6 else { return "\(value)" }
    var scale = 1.0
    while abs(value) * scale < 10 && scale < 1e6 { scale *= 10 }
    let result = (value * scale).rounded() / scale
    return result == result.rounded() ? "\(Int(result))" : "\(result)"
  }
}

extension SequentialMonteCarlo.Result {
  /// What is wrong, the gravest first; empty if nothing is.
  public var findings: [ParticleFinding] {
    var findings: [ParticleFinding] = []
    let count = particles.shape[0]
    if !isComplete { findings.append(.unfinished(inverseTemperature: inverseTemperatures.last ?? 0)) }
    func worst(
      _ value: (ParticleStage) -> Double, below limit: Double, _ finding: (Int, ParticleStage) -> ParticleFinding
    ) {
      let bad = stages.filter { !(value($0) >= limit) }
      if let stage = bad.min(by: { value($0) < value($1) }) { findings.append(finding(bad.count, stage)) }
    }
    worst({ $0.acceptance }, below: ParticleFinding.leastAcceptance) {
      .refusedMoves(stages: $0, inverseTemperature: $1.inverseTemperature, acceptance: $1.acceptance)
    }
    worst({ $0.renewal }, below: ParticleFinding.leastRenewal) {
      .smallMoves(stages: $0, inverseTemperature: $1.inverseTemperature, renewal: $1.renewal)
    }
    worst({ Double($0.parents) / Double(count) }, below: ParticleFinding.leastParents) {
      .fewParents(stages: $0, inverseTemperature: $1.inverseTemperature, parents: $1.parents, of: count)
    }
    // Moves that forget where they began make new draws of old ones: then few founders do no harm.
    let isMoving = (stages.map(\.renewal).min() ?? 0) >= ParticleFinding.leastRenewal
    if Double(founders) < ParticleFinding.leastFounders * Double(count) && !isMoving {
      findings.append(.fewFounders(founders, of: count))
    }
    return findings
  }

  /// What is wrong and what to do, a sentence each; empty if nothing is.
  public var warnings: [String] { findings.map(\.sentence) }
}
