//  ConvergenceFinding.swift — what is wrong with a run of Markov chains, and what to do.
//
//  Limits: R-hat 1.01, 400 effective draws and at least 100 a chain in bulk and tail [Vehtari et al. 2021]; energy fraction 0.3
//  [Betancourt 2016]; any divergence.

/// What a Hamiltonian sampler says of itself beside its draws.
public struct TrajectoryRecord: Hashable, Sendable {
  /// How many draws ended in a divergence.
  public let divergences: Int
  /// How many trajectories were cut off at the greatest depth.
  public let saturatedTrees: Int
  /// How many draws there are, over all chains.
  public let drawCount: Int
  /// `energyFraction` of each chain; empty where energies are not known.
  public let energyFractions: [Double]
  /// How often the log density was not a number, or +∞, on the way to the draws of each chain; empty where that is not known.
  public let notANumber: [Int]

  public init(
    divergences: Int, saturatedTrees: Int, drawCount: Int, energyFractions: [Double], notANumber: [Int] = []
  ) {
    self.divergences = divergences
    self.saturatedTrees = saturatedTrees
    self.drawCount = drawCount
    self.energyFractions = energyFractions
    self.notANumber = notANumber
  }
}

/// One thing that is wrong.
public enum ConvergenceFinding: Hashable, Sendable {
  case tooShort(draws: Int)
  case notFinite([String])
  case oneChain
  case stuckChains([Int], of: [String])
  case constant([String])
  case chainsDisagree([String], worst: Double)
  /// Quantities that vary, and yet have no R-hat or no effective sample size.
  case undefined([String])
  case fewEffectiveDraws([String], least: Double, needed: Double)
  case fewTailDraws([String], least: Double, needed: Double)
  /// The kernel Stein discrepancy, and the probability of one as large by chance.
  case otherDensity(discrepancy: Double, probability: Double)
  case divergences(Int, of: Int)
  case saturatedTrees(Int, of: Int)
  case lowEnergyFraction(chains: [Int], least: Double)
  /// So many evaluations of the log density, in these chains.
  case notANumber(Int, chains: [Int])

  public static let greatestRHat = 1.01
  public static let leastEnergyFraction = 0.3

  /// What is wrong, the gravest first; empty if nothing is.
  public static func all(
    in summaries: [ConvergenceSummary], trajectories: TrajectoryRecord? = nil, stein: KernelSteinTest? = nil
  ) -> [ConvergenceFinding] {
    guard let first = summaries.first else { return [] }
    if first.drawCount < Chains.fewestDraws { return [.tooShort(draws: first.drawCount)] }
    var findings: [ConvergenceFinding] = []
    func names(_ condition: (ConvergenceSummary) -> Bool) -> [String] { summaries.filter(condition).map(\.name) }

    let infinite = names { !$0.isFinite }
    if !infinite.isEmpty { findings.append(.notFinite(infinite)) }
    if let record = trajectories, record.divergences > 0 {
      findings.append(.divergences(record.divergences, of: record.drawCount))
    }
    if let counts = trajectories?.notANumber, counts.contains(where: { $0 > 0 }) {
      findings.append(.notANumber(counts.reduce(0, +), chains: counts.indices.filter { counts[$0] > 0 }))
    }
    if let stein, stein.probability <= KernelSteinTest.greatestProbability {
      findings.append(.otherDensity(discrepancy: stein.discrepancy, probability: stein.probability))
    }
    if first.chainCount == 1 { findings.append(.oneChain) }

    let finite = summaries.filter(\.isFinite)
    // Chains that stand still, each at a place of its own, disagree.
    let moving = finite.filter { $0.constantChains.count < $0.chainCount || ($0.chainCount > 1 && !$0.isFixed) }
    // An element that is the same in all chains while others of its array move is fixed by their support: the corner of a Cholesky factor
    // of correlations, and the zeros above its diagonal.
    let arrays = Set(moving.filter { $0.constantChains.isEmpty }.map { array(of: $0.name) })
    let constant = finite.filter {
      $0.constantChains.count == $0.chainCount && ($0.chainCount == 1 || $0.isFixed)
        && !($0.isFixed && $0.name.contains("[") && arrays.contains(array(of: $0.name)))
    }.map(\.name)
    if !constant.isEmpty { findings.append(.constant(constant)) }
    let stuck = moving.filter { !$0.constantChains.isEmpty }
    if !stuck.isEmpty {
      findings.append(.stuckChains(Set(stuck.flatMap(\.constantChains)).sorted(), of: stuck.map(\.name)))
    }
    let disagreeing = moving.filter { $0.rHat > greatestRHat }
    if let worst = disagreeing.map(\.rHat).max() {
      findings.append(.chainsDisagree(disagreeing.map(\.name), worst: worst))
    }
    let undefined = moving.filter {
      ($0.chainCount > 1 && $0.rHat.isNaN) || $0.bulkEffectiveSampleSize.isNaN || $0.tailEffectiveSampleSize.isNaN
    }
    if !undefined.isEmpty { findings.append(.undefined(undefined.map(\.name))) }
    let needed = Swift.max(400, 100 * Double(first.chainCount))
    let bulk = moving.filter { $0.bulkEffectiveSampleSize < needed }
    if let least = bulk.map(\.bulkEffectiveSampleSize).min() {
      findings.append(.fewEffectiveDraws(bulk.map(\.name), least: least, needed: needed))
    }
    let tail = moving.filter { $0.tailEffectiveSampleSize < needed }
    if let least = tail.map(\.tailEffectiveSampleSize).min() {
      findings.append(.fewTailDraws(tail.map(\.name), least: least, needed: needed))
    }
    if let record = trajectories {
      let low = record.energyFractions.indices.filter { record.energyFractions[$0] < leastEnergyFraction }
      if let least = low.map({ record.energyFractions[$0] }).min() {
        findings.append(.lowEnergyFraction(chains: low, least: least))
      }
      if record.saturatedTrees > 0 { findings.append(.saturatedTrees(record.saturatedTrees, of: record.drawCount)) }
    }
    return findings
  }

  /// The name without its index.
  private static func array(of name: String) -> Substring { name.prefix { $0 != "[" } }
}
