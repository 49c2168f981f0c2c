//  BlockObjective.swift — bounds over blocks as programs of one minibatch.
//
//  Notation   N rows of data,  B rows of the minibatch,  θₖ the draws of a step, K of them,  β the annealing weight
//             D(θ) = log q(θ) − log p(θ), or its expectation where that is in closed form
//
//  Equations  (1) −(1/N) (1/K) Σₖ [ N/B Σ log p(yₙ | xₙ, θₖ) − β D(θₖ) ]
//             (2) −(1/N) 1/(1 − α) log (1/K) Σₖ exp((1 − α) [ N/B Σ log p(yₙ | xₙ, θₖ) − β D(θₖ) ])    [Li and Turner 2016]
//
//  Points have no q; their prior counts in full from the beginning. In (2) D is always that of the draw, and a minibatch makes
//  the estimate biased: the power is taken of a sum that is itself estimated.

import Arrays
import Foundation
package import Networks
import Probability
package import Programs
package import Training

/// The terms of D over the blocks of one draw.
package struct BlockDivergence {
  /// Of blocks with a distribution. Shape [].
  package var spreads = Tensor.constant(0)
  /// −log p of points. Shape [].
  package var points = Tensor.constant(0)

  /// - Parameter closedForm: Whether expectations are taken where they are known.
  package init(_ model: BayesianModel, _ family: BlockFamily, _ draws: [BlockDraw], closedForm: Bool) {
    let factors = model.prior.factors(over: model.layout)
    for (part, draw) in zip(family.parts, draws) {
      var logPrior = Tensor.constant(0)
      for factor in factors where factor.range.overlaps(part.range) {
        let shared = factor.range.clamped(to: part.range)
        let local = shared.lowerBound - part.range.lowerBound..<shared.upperBound - part.range.lowerBound
        if closedForm, let moments = draw.moments, case .normal(let centre, let scale) = factor.element {
          let distance = (moments.mean.slice(axis: 0, local) - centre).squared + moments.variance.slice(axis: 0, local)
          logPrior =
            logPrior + distance.sum() * (-0.5 / (scale * scale))
            - Double(local.count) * (Foundation.log(scale) + NormalBlock.halfLogTwoPi)
        } else if closedForm, draw.entropy != nil, let moments = draw.moments, case .laplace(let scale) = factor.element
        {
          // Blocks with an entropy are normal: E|θ| by equation (4) of `VariationalBound`.
          let (mean, deviation) = (moments.mean.slice(axis: 0, local), sqrt(moments.variance.slice(axis: 0, local)))
          let ratio = mean / deviation * 0.5.squareRoot()
          let size = deviation * exp(-ratio.squared) * (2 / Double.pi).squareRoot() + mean * erf(ratio)
          logPrior = logPrior - size.sum() * (1 / scale) - Double(local.count) * Foundation.log(2 * scale)
        } else {
          logPrior = logPrior + factor.element.logDensity(draw.values.slice(axis: 0, local))
        }
      }
      if part.range.lowerBound == model.network.parameterCount {
        logPrior = logPrior + model.likelihood.logPrior(logNoise: draw.values)
      }
      if closedForm, let entropy = draw.entropy {
        spreads = spreads - entropy - logPrior
      } else if let logDensity = draw.logDensity {
        spreads = spreads + logDensity - logPrior
      } else {
        points = points - logPrior
      }
    }
  }
}

extension TrainingObjective {
  /// Equation (1) or (2). The vector holds the numbers that `BlockFamily.lambda(ofTrained:)` takes.
  package static func blocks(
    _ model: BayesianModel, _ family: BlockFamily, _ objective: VariationalObjective, annealing: DivergenceAnnealing
  ) -> TrainingObjective {
    TrainingObjective(
      count: family.count, coefficientCount: 1,
      coefficients: { step, memory in memory[0] = Float(annealing.weight(step: step.step, of: step.total)) }
    ) { a in
      let lambda = family.lambda(ofTrained: a.vector)
      let beta = a.coefficients.reshaped([])
      let (rows, total) = (Double(a.inputs.shape[0]), Double(a.dataCount))
      var site = BlockSite.first
      var losses: [Tensor] = []
      var bounds: [Tensor] = []
      var state = a.state
      var points = Tensor.constant(0)
      for draw in 0..<objective.draws {
        let blocks = family.draw(lambda) { shape in
          defer { site += 1 }
          return .random(.normal, shape: shape, site: site)
        }
        let theta = concatenate(blocks.map(\.values), axis: 0)
        let (outputs, after) = model.outputs(theta, a.inputs, state: a.state, mode: .training)
        if draw == 0 { state = after }
        let logLikelihood = model.likelihood.logDensity(
          outputs: outputs, targets: a.targets, logNoise: model.logNoise(theta)
        ).sum()
        let divergence = BlockDivergence(model, family, blocks, closedForm: objective.takesClosedForms)
        losses.append(logLikelihood * (-1 / rows))
        bounds.append(logLikelihood * (total / rows) - divergence.spreads * beta)
        points = divergence.points
      }
      let loss = losses.dropFirst().reduce(losses[0], +) * (1 / Double(losses.count))
      let bound: Tensor
      switch objective {
      case .evidenceLowerBound: bound = bounds.dropFirst().reduce(bounds[0], +) * (1 / Double(bounds.count))  // (1)
      case .renyi(let alpha, let draws):  // (2)
        let powers = concatenate(bounds.map { ($0 * (1 - alpha)).reshaped([1]) }, axis: 0)
        bound = (powers.logSumExp() - Foundation.log(Double(draws))) * (1 / (1 - alpha))
      }
      return Results(
        loss: loss, gradient: gradient(of: (bound - points) * (-1 / total), withRespectTo: a.vector), state: state)
    }
  }
}

extension VariationalObjective {
  /// K, draws a step.
  package var draws: Int {
    switch self {
    case .evidenceLowerBound(let draws), .renyi(_, let draws): draws
    }
  }

  var takesClosedForms: Bool { if case .evidenceLowerBound = self { true } else { false } }
}

/// Random sites below those of layers.
enum BlockSite {
  static let first: UInt32 = 1 << 12
}
