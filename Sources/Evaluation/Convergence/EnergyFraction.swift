//  EnergyFraction.swift — E-BFMI: does a Hamiltonian sampler reach all energies?
//
//  Notation   E₁ … E_N  the energies after the transitions of one chain
//
//  Equation   (1) Σₙ (Eₙ − Eₙ₋₁)² / Σₙ (Eₙ − Ē)²                                  [Betancourt 2016]
//
//             (2) M₀ = 0, Mₙ = Mₙ₋₁ + (Eₙ − Ēₙ₋₁)(Eₙ − Ēₙ), Ēₙ = Ēₙ₋₁ + (Eₙ − Ēₙ₋₁)/n: M_N is the denominator      [Welford 1962]
//
//  Of every transition: between draws that were thinned the energy has moved as far as it likes, and (1) is near 2 whatever the momenta
//  do. Fresh momenta change the energy by about its own spread when (1) is near 1 or above. Below 0.3 the chain walks
//  through the energies at random and may not have seen the tails.

/// The estimated Bayesian fraction of missing information of one chain, equation (1). Not a number for fewer than two draws
/// or a constant energy.
///
/// - Parameter energies: Of successive transitions, none left out. Unit: nats.
public func energyFraction(_ energies: [Double]) -> Double {
  energies.reduce(into: EnergyChanges()) { $0.add($1) }.fraction
}

/// Equation (1) while a chain runs, without its energies.
public struct EnergyChanges: Hashable, Codable, Sendable {
  /// How many transitions there were.
  public private(set) var count = 0
  private var last: Double?
  private var mean = 0.0
  private var steps = 0.0
  private var spread = 0.0

  public init() {}

  /// Takes in the energy after the next transition. Unit: nats.
  public mutating func add(_ energy: Double) {
    count += 1
    if let last { steps += (energy - last) * (energy - last) }
    last = energy
    let deviation = energy - mean
    mean += deviation / Double(count)
    spread += deviation * (energy - mean)  // (2)
  }

  /// Equation (1). Not a number for fewer than two transitions or a constant energy.
  public var fraction: Double { count < 2 ? .nan : steps / spread }
}
