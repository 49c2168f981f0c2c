//  LaplaceDefaultTests.swift — which structure and which tuning a Laplace approximation has where nobody says.

import Approximations
import Curvatures
import Networks
import Probability
import Testing
import Training

@Suite struct LaplaceDefaultTests {
  private static func structure(
    hidden: Int, rows: Int, _ curvature: Curvature = .gaussNewton, classes: Int = 2
  ) -> LaplaceStructure {
    let model = BayesianModel(
      Network.multilayerPerceptron(inputs: 10, hidden: [hidden], outputs: classes, activation: .tanh),
      prior: .normal(scale: 1), likelihood: .categorical(classes: classes))
    return .suited(to: model, rows: rows, curvature: curvature)
  }

  /// 10 h + h + 2 h + 2 parameters; two classes have one column of curvature a row, three have two.
  @Test func itIsExactWhereRowsOrParametersAreFewAndOtherwiseTheLastLayer() {
    #expect(Self.structure(hidden: 8, rows: 105) == .functional(examples: 105))
    #expect(Self.structure(hidden: 8, rows: 106) == .dense)
    #expect(Self.structure(hidden: 8, rows: 53, classes: 3) == .functional(examples: 53))
    #expect(Self.structure(hidden: 8, rows: 58, classes: 3) == .dense)
    #expect(Self.structure(hidden: 200, rows: 2000) == .functional(examples: 2000))
    #expect(Self.structure(hidden: 200, rows: 2001) == .lastLayer(.kronecker))
    #expect(Self.structure(hidden: 500, rows: 2000) == .lastLayer(.kronecker), "2000 times 6502 numbers are many")
    #expect(Self.structure(hidden: 8, rows: 50, .hessian) == .dense)
    #expect(Self.structure(hidden: 200, rows: 50, .hessian) == .lastLayer(.diagonal))
  }

  @Test func whatTunesItGoesByTheTraining() {
    let whole = TrainingConfiguration(epochs: 1)
    var stopping = whole
    stopping.earlyStopping = EarlyStopping()
    #expect(Laplace(training: whole).tuning == .shared && Laplace(training: stopping).tuning == .linearised)
    #expect(Laplace(curvature: .hessian, training: stopping).tuning == .heldOut)
    #expect(Laplace(tuning: .fixed, training: stopping).tuning == .fixed)
  }
}
