//  DropoutObjective.swift — the evidence bound of masks, where their rates are learned.
//
//  Notation   W  a weight whose inputs pass through a mask of K numbers and rate p     s  the scale of its normal prior
//             κ  the product of 1 − p over all masks before W     H(p) = −p log p − (1 − p) log(1 − p)
//
//    (1) bound = N/B Σ log p(yₙ | xₙ, θ, mₙ) − Σ ‖W‖² / (2 s² κ) + Σ K H(p) + log prior of all else        [Gal 2017]
//
//  The first sum is over weights, the second over masks, those within blocks too: `MaskWalk` says which weight is whose.
//
//  The entropy asks for rates near one half, the weights' term for small ones, and the data decide: with many rows p falls. The
//  logits have no prior of their own. A learned rate that belongs to no weight is refused: nothing would ask for a small one.

import Arrays
package import Networks
import Probability
package import Programs
import Training

extension BayesianModel {
  /// −(1 / N) times the bound (1), per row as every objective.
  var dropoutObjective: TrainingObjective {
    let plain = withPriorOverMasks
    guard network.masks.contains(where: { $0.logit != nil }) else { return .logJoint(of: plain) }
    let rest = plain.withoutPriorOfLearnedMasks
    return TrainingObjective(count: parameterCount) { a in
      let (logJoint, state) = rest.minibatchLogJoint(
        a.vector, a.inputs, a.targets, dataCount: a.dataCount, state: a.state)
      let bound = logJoint + self.learnedMaskTerms(a.vector)  // (1)
      let scale = -1 / Double(a.dataCount)
      let loss = (logJoint - rest.logPrior(a.vector)) * scale
      return TrainingObjective.Results(
        loss: loss, gradient: gradient(of: bound * scale, withRespectTo: a.vector), state: state)
    }
  }

  /// The bound (1) without the likelihood. Shape [P] → []. Unit: nats.
  package func priorTermsOfDropout(_ parameters: Tensor) -> Tensor {
    withPriorOverMasks.withoutPriorOfLearnedMasks.logPrior(parameters) + learnedMaskTerms(parameters)
  }

  /// The masked weights of which at least one rate is learned, with the scale of their normal prior.
  private var learnedMasks: [(masked: MaskedWeight, scale: Double?)] {
    let factors = prior.factors(over: layout)
    return network.maskedWeights.filter { $0.masks.contains { $0.logit != nil } }.map { masked in
      if let factor = factors.first(where: { $0.range.contains(masked.weight.offset) }),
        case .normal(mean: 0, let scale) = factor.element
      {
        return (masked, scale)
      }
      return (masked, nil)
    }
  }

  /// The same with a flat prior for what `learnedMaskTerms` counts.
  private var withoutPriorOfLearnedMasks: BayesianModel {
    var flat: [String: Prior] = [:]
    for (masked, scale) in learnedMasks {
      if scale != nil { flat[masked.weight.name] = .flat }
    }
    for mask in network.masks { if let logit = mask.logit { flat[logit.name] = .flat } }
    return BayesianModel(network, prior: .bySlice(flat, default: prior), likelihood: likelihood)
  }

  /// The second and third sum of (1). Shape [].
  private func learnedMaskTerms(_ parameters: Tensor) -> Tensor {
    var terms: [Tensor] = []
    for mask in network.masks {
      guard let logit = mask.logit?.tensor(of: parameters).reshaped([]) else { continue }
      // log p = −softplus(−logit), log(1 − p) = −softplus(logit)
      let entropy = sigmoid(logit) * softplus(-logit) + sigmoid(-logit) * softplus(logit)
      terms.append(entropy * Double(mask.count))
    }
    for (masked, scale) in learnedMasks {
      guard let scale else { continue }
      var kept = Tensor.constant(1)
      for mask in masked.masks {
        if let slice = mask.logit {
          kept = kept * sigmoid(-slice.tensor(of: parameters).reshaped([]))
        } else if case .fixed(let rate) = mask.rate {
          kept = kept * (1 - rate)
        }
      }
      terms.append(masked.weight.tensor(of: parameters).squared.sum() / kept * (-0.5 / (scale * scale)))
    }
    return terms.dropFirst().reduce(terms.first ?? .constant(0), +)
  }
}
