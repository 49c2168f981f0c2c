//  WrongSamplers.swift — samplers that are wrong on purpose, to show that the harness sees it.

import Arrays
import Foundation
import Sampling

/// A Metropolis walk whose acceptance rule is wrong.
struct WrongMetropolis: Sampler {
  enum Fault: String, Codable, CaseIterable, Sendable {
    /// Nothing is wrong.
    case none
    /// Every proposal is taken.
    case acceptsAll
    /// Accepts with p(x′)/(p(x) + p(x′)) for uphill and with 1 for slightly downhill moves.
    case lenient
    /// The proposal is not symmetric, and the rule ignores it.
    case ignoresAsymmetry
  }

  let fault: Fault
  var scale = 1.0

  func kernel(dimension: Int, warmUp: Int) -> Kernel { Kernel(fault: fault, scale: scale) }

  func workspace(of kernel: Kernel, dimension: Int) {}

  struct Kernel: MarkovKernel {
    let fault: Fault
    let scale: Double

    mutating func step(
      _ point: inout ChainPoint, _ density: DensityFunction, _ workspace: Void, using generator: inout Philox
    ) -> Transition {
      var proposal = point.position
      for i in proposal.indices {
        proposal[i] += scale * (generator.normal() + (fault == .ignoresAsymmetry ? 0.15 : 0))
      }
      let logDensity = proposal.withUnsafeBufferPointer { x in x.baseAddress.map { density($0) } ?? 0 }
      let change = logDensity - point.logDensity
      let acceptance =
        switch fault {
        case .none, .ignoresAsymmetry: min(1, exp(change))
        case .acceptsAll: 1.0
        case .lenient: change > -0.5 ? 1 : exp(change)
        }
      if generator.uniform() < acceptance {
        point.position = proposal
        point.logDensity = logDensity
      }
      return Transition(acceptance: acceptance, stepSize: scale, energy: -point.logDensity)
    }

    mutating func learn(from transition: Transition, at point: ChainPoint) {}
    mutating func finishWarmUp() {}
  }
}
