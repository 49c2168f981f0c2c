//  DropoutObjective.swift — the evidence bound of masks, where their rates are learned.
//
//  Notation   W  a weight whose inputs pass through a mask of K elements and rate p     s  the scale of its normal prior
//             κ  the product of 1 − p over all masks before W     H(p) = −p log p − (1 − p) log(1 − p)
//
//    (1) bound = N/B Σ log p(yₙ | xₙ, θ, mₙ) − Σ ‖W‖² / (2 s² κ) + Σ K H(p) + log prior of all else        [Gal 2017]
//
//  The entropy asks for rates near one half, the weights' term for small ones, and the data decide: with many rows p falls. The
//  logits have no prior of their own.

import Arrays
import Networks
import Probability
import Programs
import Training

extension BayesianModel {
  /// −(1 / N) times the bound (1), per row as every objective.
  var dropoutObjective: TrainingObjective {
    let plain = withPriorOverMasks
    guard network.maskedWeights.flatMap(\.masks).contains(where: { $0.logit != nil }) else {
      return .logJoint(of: plain)
    }
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
      for mask in masked.masks { if let logit = mask.logit { flat[logit.name] = .flat } }
    }
    return BayesianModel(network, prior: .bySlice(flat, default: prior), likelihood: likelihood)
  }

  /// The second and third sum of (1). Shape [].
  private func learnedMaskTerms(_ parameters: Tensor) -> Tensor {
    var terms: [Tensor] = []
    for (masked, scale) in learnedMasks {
      var kept = Tensor.constant(1)
      for mask in masked.masks {
        guard let slice = mask.logit else {
          if case .fixed(let rate) = mask.rate { kept = kept * (1 - rate) }
          continue
        }
        let logit = slice.tensor(of: parameters).reshaped([])
        kept = kept * sigmoid(-logit)
        // log p = −softplus(−logit), log(1 − p) = −softplus(logit)
        let entropy = sigmoid(logit) * softplus(-logit) + sigmoid(-logit) * softplus(logit)
        terms.append(entropy * Double(mask.count))
      }
      guard let scale else { continue }
      terms.append(masked.weight.tensor(of: parameters).squared.sum() / kept * (-0.5 / (scale * scale)))
    }
    return terms.dropFirst().reduce(terms.first ?? .constant(0), +)
  }
}
