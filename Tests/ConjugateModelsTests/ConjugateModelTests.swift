//  ConjugateModelTests.swift — closed forms against numerical integration, and against themselves one at a time.

import ConjugateModels
import Foundation
import GoldenValues
import Testing

@Suite struct ConjugateModelTests {
  /// The product rule: the density of all data is the product of the predictive densities, each given those before.
  private func sequentialEvidence<Model: ConjugateModel>(
    _ model: Model, _ data: [Model.Observation], _ logPredictive: (Model, Model.Observation) -> Double
  ) -> (sum: Double, model: Model) {
    data.reduce((0, model)) { state, x in (state.0 + logPredictive(state.1, x), state.1.observing([x])) }
  }

  @Test func evidenceOfACoinIsTheProductOfItsPredictions() {
    let data = (0..<40).map { $0 % 3 == 0 }
    let coin = BetaBernoulli(prior: BetaDistribution(alpha: 0.7, beta: 2))
    let all = coin.observing(data)
    let (sum, last) = sequentialEvidence(coin, data) { $0.predictive().logDensity($1 ? 1 : 0) }
    #expect(agree(all.logEvidence, sum, within: 1e-12) && last == all)
    #expect(coin.logEvidence == 0 && coin.posterior == coin.prior)
    #expect(all.posterior == BetaDistribution(alpha: 14.7, beta: 28))
    var counted = coin
    counted.observe(successes: 14, failures: 26)
    #expect(counted == all)
  }

  @Test func posteriorOfACoinIsItsIntegral() {
    let coin = BetaBernoulli(prior: BetaDistribution(alpha: 2, beta: 3)).observing([true, true, false, true])
    let grid = GridPosterior(over: [0...1], nodes: 40) { coin.prior.logDensity($0[0]) + 3 * log($0[0]) + log1p(-$0[0]) }
    #expect(agree(grid.logEvidence, coin.logEvidence, within: 1e-12))
    #expect(agree(grid.means[0], coin.posterior.mean, within: 1e-12))
    #expect(agree(grid.covariance[0][0], coin.posterior.variance, within: 1e-11))
  }

  @Test func evidenceOfClassesIsTheProductOfTheirPredictions() {
    let data = (0..<50).map { ($0 * $0) % 4 }
    let model = DirichletCategorical(prior: DirichletDistribution(concentrations: [0.5, 1, 2, 0.1]))
    let all = model.observing(data)
    let (sum, last) = sequentialEvidence(model, data) { log($0.predictive[$1]) }
    #expect(agree(all.logEvidence, sum, within: 1e-12) && last == all)
    var counted = model
    counted.observe(counts: all.counts)
    #expect(counted == all && all.observationCount == 50)
    #expect(all.predictive(trials: 1, of: 1).mean == all.predictive[1])
  }

  @Test func evidenceOfCountsIsTheProductOfTheirPredictions() {
    let data = [3, 0, 7, 2, 2, 11, 4]
    let model = GammaPoisson(prior: GammaDistribution(shape: 1.3, rate: 0.4))
    let all = model.observing(data)
    let (sum, last) = sequentialEvidence(model, data) { $0.predictive().logDensity(Double($1)) }
    #expect(agree(all.logEvidence, sum, within: 1e-12) && last.posterior == all.posterior)
    #expect(agree(all.predictive(exposure: 3).mean, 3 * all.posterior.mean, within: 1e-13))
    let grid = GridPosterior(over: [0...30], nodes: 200) { point in
      let rate = point[0]
      return model.prior.logDensity(rate)
        + data.reduce(0) { $0 + Double($1) * log(rate) - rate - lgamma(Double($1) + 1) }
    }
    #expect(agree(grid.logEvidence, all.logEvidence, within: 1e-10))
    #expect(agree(grid.means[0], all.posterior.mean, within: 1e-10))
  }

  @Test func evidenceOfANormalMeanIsTheProductOfItsPredictions() {
    let data = [1.3, -0.2, 4.1, 2.2, 0.9]
    let model = NormalKnownVariance(prior: NormalDistribution(mean: -1, variance: 4), noiseVariance: 0.7)
    let all = model.observing(data)
    let (sum, last) = sequentialEvidence(model, data) { $0.predictive.logDensity($1) }
    #expect(agree(all.logEvidence, sum, within: 1e-12))
    #expect(agree(last.posterior.mean, all.posterior.mean, within: 1e-14))
    // Far from 0, sums of squares would cancel.
    let far = NormalKnownVariance(prior: NormalDistribution(mean: -1 + 1e8, variance: 4), noiseVariance: 0.7)
    #expect(agree(far.observing(data.map { $0 + 1e8 }).logEvidence, all.logEvidence, within: 1e-6))
  }

  @Test func evidenceOfANormalWithUnknownVarianceIsTheProductOfItsPredictions() {
    let data = [1.3, -0.2, 4.1, 2.2, 0.9, 1.1]
    let prior = NormalInverseGamma(location: 0.5, weight: 0.8, shape: 2.2, scale: 1.7)
    let model = NormalUnknownVariance(prior: prior)
    let all = model.observing(data)
    let (sum, _) = sequentialEvidence(model, data) { $0.predictive.logDensity($1) }
    #expect(agree(all.logEvidence, sum, within: 1e-12) && model.logEvidence == 0)
    let batches = model.observing(data[..<2]).observing(data[2...])
    #expect(agree(batches.logEvidence, all.logEvidence, within: 1e-13))
  }

  @Test func posteriorOfANormalWithUnknownVarianceIsItsIntegral() {
    let data = [1.3, -0.2, 2.1, 2.2, 0.9, 1.1, 0.3, 1.8]
    let prior = NormalInverseGamma(location: 0.5, weight: 0.8, shape: 4, scale: 3)
    let all = NormalUnknownVariance(prior: prior).observing(data)
    // Over μ and log σ², with the Jacobian σ².
    let grid = GridPosterior(over: [-4...6, -4...4], nodes: 160) { point in
      let variance = exp(point[1])
      let noise = data.reduce(0) { $0 + NormalDistribution(mean: point[0], variance: variance).logDensity($1) }
      return noise + prior.logDensity(mean: point[0], variance: variance) + point[1]
    }
    #expect(agree(grid.logEvidence, all.logEvidence, within: 1e-6))
    #expect(agree(grid.means[0], all.posterior.mean.mean, within: 1e-6))
    #expect(agree(grid.expectation { exp($0[1]) }, all.posterior.variance.mean, within: 1e-6))
    #expect(agree(grid.covariance[0][0], all.posterior.mean.variance, within: 1e-5))
    let density = grid.marginal(0)
    let expected = density.nodes.map { exp(all.posterior.mean.logDensity($0)) }
    #expect(agree(density.densities, expected, within: 1e-5))
  }
}
