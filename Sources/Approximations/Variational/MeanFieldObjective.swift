//  MeanFieldObjective.swift — what the network contributes to a step of mean-field variational inference.
//
//  Notation   N rows of data,  B rows of the minibatch,  θ [P],  q = N(μ, σ²),  β the annealing weight
//
//  Equations  (1) bound     = E_q Σₙ log p(yₙ | xₙ, θ) − β KL(q ‖ p)
//             (2) objective = −(1/N) [ N/B Σ log p(yₙ | xₙ, θ) − β KL(q ‖ p) ], one sample a step
//
//  Here stands the first term of (2), the logarithm of the prior where KL has no closed form (then KL = E_q log q − log p,
//  and `MeanFieldState` adds E_q log q), and the prior of points. The closed forms are in `MeanFieldState`.

import Arrays
package import Networks
package import Optimization
package import Probability
import Programs
package import Training

/// Which parts of θ have which term of the divergence.
package struct MeanFieldPrior: Sendable {
  /// For `MeanFieldState`, over all of θ.
  package let factors: [MeanFieldFactor]
  /// Parts with a spread from whose prior the divergence has no closed form.
  let sampled: [(range: Range<Int>, element: ElementPrior)]
  /// Parts of the network without a spread.
  let points: [(range: Range<Int>, element: ElementPrior)]

  /// - Parameters:
  ///   - spreads: Whether a slice has a spread; the likelihood's have none.
  ///   - replaced: A normal prior in place of the model's, for a slice.
  ///   - closedForm: Whether the divergence from normal and Laplace priors is taken in closed form.
  package init(
    _ model: BayesianModel, closedForm: Bool = true, spreads: (ParameterSlice) -> Bool = { _ in true },
    replaced: (ParameterSlice) -> (centre: Double, scale: Double)? = { _ in nil }
  ) {
    var factors: [MeanFieldFactor] = []
    var sampled: [(range: Range<Int>, element: ElementPrior)] = []
    var points: [(range: Range<Int>, element: ElementPrior)] = []
    let elements = model.prior.factors(over: model.layout)
    for slice in model.layout.slices {
      let element = elements.first { $0.range.contains(slice.offset) && slice.role != .likelihood }?.element ?? .flat
      var kind = MeanFieldFactor.Kind.point
      if slice.role != .likelihood {
        if !spreads(slice) {
          points.append((slice.range, element))
        } else if let (centre, scale) = replaced(slice) {
          kind = .spread(centre: centre, precision: 1 / (scale * scale))
        } else if closedForm, case .normal(let centre, let scale) = element {
          kind = .spread(centre: centre, precision: 1 / (scale * scale))
        } else if closedForm, case .laplace(let scale) = element {
          kind = .laplace(scale: scale)
        } else {
          kind = .spread(centre: 0, precision: 0)
          sampled.append((slice.range, element))
        }
      }
      if let last = factors.last, last.kind == kind {
        factors[factors.count - 1] = MeanFieldFactor(
          range: last.range.lowerBound..<slice.range.upperBound, kind: kind)
      } else {
        factors.append(MeanFieldFactor(range: slice.range, kind: kind))
      }
    }
    (self.factors, self.sampled, self.points) = (factors, sampled, points)
  }
}

extension TrainingObjective {
  /// Equation (2) without its closed forms. The vector is θ for draws, otherwise μ and then the spread that the network reads.
  package static func meanField(
    _ model: BayesianModel, _ prior: MeanFieldPrior, estimator: WeightEstimator, annealing: DivergenceAnnealing
  ) -> TrainingObjective {
    let count = model.parameterCount
    return TrainingObjective(
      count: estimator == .draw ? count : 2 * count, coefficientCount: prior.sampled.isEmpty ? 0 : 1,
      coefficients: { step, memory in
        if !memory.isEmpty { memory[0] = Float(annealing.weight(step: step.step, of: step.total)) }
      }
    ) { a in
      let mean = estimator == .draw ? a.vector : a.vector.slice(axis: 0, 0..<count)
      let spread = estimator == .draw ? nil : a.vector.slice(axis: 0, count..<2 * count)
      let sampling: WeightSampling? =
        switch estimator {
        case .draw: nil
        case .localReparameterisation: spread.map { WeightSampling(.localReparameterisation, spread: $0) }
        case .flipout: spread.map { WeightSampling(.flipout, spread: $0) }
        }
      let (outputs, state) = model.outputs(mean, a.inputs, state: a.state, mode: .training, sampling: sampling)
      let densities = model.likelihood.logDensity(
        outputs: outputs, targets: a.targets, logNoise: model.logNoise(mean))
      let loss = densities.sum() * (-1 / Double(a.inputs.shape[0]))
      var objective = loss
      let share = 1 / Double(a.dataCount)
      if let logNoise = model.logNoise(mean) {
        objective = objective - model.likelihood.logPrior(logNoise: logNoise) * share
      }
      for (range, element) in prior.points {
        objective = objective - element.logDensity(mean.slice(axis: 0, range)) * share
      }
      for (place, (range, element)) in prior.sampled.enumerated() {
        let centre = mean.slice(axis: 0, range)
        let deviation: Tensor =
          switch estimator {
          case .draw: .constant(0, shape: centre.shape)
          case .flipout: a.vector.slice(axis: 0, count + range.lowerBound..<count + range.upperBound)
          case .localReparameterisation:
            sqrt(a.vector.slice(axis: 0, count + range.lowerBound..<count + range.upperBound))
              * .random(.normal, shape: centre.shape, site: MeanFieldSite.prior + UInt32(place))
          }
        let weight = a.coefficients.reshaped([]) * share
        objective = objective - element.logDensity(centre + deviation) * weight
      }
      return Results(loss: loss, gradient: gradient(of: objective, withRespectTo: a.vector), state: state)
    }
  }
}

/// Random sites below those of layers.
enum MeanFieldSite {
  static let weights: UInt32 = 1
  static let prior: UInt32 = 1 << 8
}
