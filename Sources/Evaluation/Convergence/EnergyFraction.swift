//  EnergyFraction.swift — E-BFMI: does a Hamiltonian sampler reach all energies?
//
//  Notation   E₁ … E_N  the energies of the draws of one chain
//
//  Equation   (1) Σₙ (Eₙ − Eₙ₋₁)² / Σₙ (Eₙ − Ē)²                                  [Betancourt 2016]
//
//  Fresh momenta change the energy by about its own spread when (1) is near 1 or above. Below 0.3 the chain walks
//  through the energies at random and may not have seen the tails.

/// The estimated Bayesian fraction of missing information of one chain, equation (1). Not a number for fewer than two draws
/// or a constant energy.
public func energyFraction(_ energies: [Double]) -> Double {
  let mean = average(energies)
  let steps = zip(energies, energies.dropFirst()).reduce(0) { $0 + ($1.1 - $1.0) * ($1.1 - $1.0) }
  return steps / energies.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
}
