//  PriorChoiceTests.swift — priors by name, with the methods that take them and those that refuse.

import Approximations
import Experiments
import Foundation
import Networks
import Probability
import Testing
import Training

@Suite struct PriorChoiceTests {
  @Test func everyChoiceIsThePriorOfItsName() throws {
    let data = try SmallData.regression()
    let expected: [PriorChoice: Prior] = [
      .normal: .normal(scale: 0.5), .laplace: .laplace(scale: 0.5),
      .studentT: .studentT(degreesOfFreedom: 4, scale: 0.5),
      .scaleMixture: .scaleMixture(weight: 0.5, wide: 0.5, narrow: 0.005), .horseshoe: .horseshoe(scale: 0.5),
      .fanIn: .fanIn(gain: 0.5, biasScale: 0.5), .flat: .flat,
    ]
    for choice in PriorChoice.allCases {
      let description = FitDescription(network: .dense([3]), priorScale: 0.5, prior: choice)
      #expect(try description.model(for: data).prior == expected[choice])
    }
    #expect(try FitDescription(network: .dense([3]), priorScale: 0.5).model(for: data).prior == .normal(scale: 0.5))
  }

  @Test func aDescriptionOfAnEarlierVersionHasTheNormalPrior() throws {
    let text = try #require(String(data: JSONEncoder().encode(FitDescription()), encoding: .utf8))
    #expect(!text.contains("\"prior\""))
    #expect(try JSONDecoder().decode(FitDescription.self, from: Data(text.utf8)) == FitDescription())
  }

  @Test(
    arguments: ["map", "ensemble", "bootstrap", "dropout", "swag"], PriorChoice.allCases)
  func theseMethodsTakeEveryPrior(method: String, prior: PriorChoice) throws {
    let description = FitDescription(
      method: MethodDescription(method), network: .dense([4]), epochs: 40, seed: 1, prior: prior)
    let model = try description.run(on: SmallData.regression(), control: RunControl(threads: 1))
    let predicted = model.predict(try SmallData.regression().examples.inputs, threads: 1)
    #expect(predicted.mean.allSatisfy { $0.isFinite })
  }

  @Test(arguments: PriorChoice.allCases.filter { $0 != .flat })
  func distributionsTakeEveryPriorThatHasAWidth(prior: PriorChoice) throws {
    for method in ["variational", "sgld"] { try theseMethodsTakeEveryPrior(method: method, prior: prior) }
  }

  @Test(arguments: ["laplace", "ivon", "anchored"]) func whatNeedsANormalPriorTakesOneScaledByFanIn(method: String)
    throws
  {
    try theseMethodsTakeEveryPrior(method: method, prior: .fanIn)
  }

  @Test(arguments: [
    (
      "variational", "variational inference needs a prior: under a flat one the spreads of unused weights have no limit"
    ),
    ("sgld", "under a flat prior the posterior may have no finite mass; give the parameters a prior"),
    ("nuts", "under a flat prior the posterior may have no finite mass; give the parameters a prior"),
    ("hmc", "under a flat prior the posterior may have no finite mass; give the parameters a prior"),
  ])
  func theseMethodsNeedAPriorAndSayWhy(method: String, sentence: String) throws {
    let description = FitDescription(
      method: MethodDescription(method), network: .dense([4]), epochs: 40, seed: 1, prior: .flat)
    let error = #expect(throws: TrainingError.self) { try description.run(on: SmallData.regression()) }
    #expect(error?.description == sentence)
  }

  @Test(arguments: [
    ("laplace", "a Laplace approximation adds the curvature of a normal prior"),
    ("ivon", "ivon takes its weight decay from a normal prior"), ("anchored", "anchors are drawn from a normal prior"),
  ])
  func theseMethodsNeedANormalPriorAndSayWhy(method: String, reason: String) throws {
    let description = FitDescription(
      method: MethodDescription(method), network: .dense([4]), epochs: 40, seed: 1, prior: .laplace)
    let error = #expect(throws: TrainingError.self) { try description.run(on: SmallData.regression()) }
    #expect(error?.description.contains(reason) == true, "\(error?.description ?? "none")")
  }
}
