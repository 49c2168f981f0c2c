import Credence

/// Fits a deep ensemble to a table and scores its forecasts of rows that it has not seen.
func forecastDiabetes(from path: String) async throws -> RegressionScores {
  let table = try Table(contentsOf: path)
  var random = Philox(seed: 1)
  let parts = table.parts(of: .random(of: table.rowCount, testFraction: 0.1, using: &random))
  let encoding = try TabularEncoding(fitting: parts.train, target: "y", task: .regression)
  let examples = Examples(
    inputs: try encoding.inputs(of: parts.train), targets: try encoding.regressionTargets(of: parts.train))

  let network = Network(inputs: encoding.inputCount) {
    Dense(50)
    Activation.relu
    Dense(1)
  }
  let model = BayesianModel(network, prior: .normal(scale: 1), likelihood: .gaussian(noise: .learned))
  let training = TrainingConfiguration(epochs: 200, schedule: .cosine(0.01), earlyStopping: EarlyStopping())
  let posterior = try await DeepEnsemble(members: 5, training: training).fit(model, to: examples, seed: 1)

  let unit = encoding.target.standardisation ?? Standardisation(mean: 0, scale: 1)
  let forecast = posterior.predict(try encoding.inputs(of: parts.test))
    .rescaled(offset: unit.mean, scale: unit.scale)
  print("mean", forecast.mean[0], "epistemic", forecast.epistemic[0], "aleatoric", forecast.aleatoric[0])
  print("90 % interval", forecast.interval(0.9)[0])
  return RegressionScores(of: forecast.mixture, against: try encoding.originalTargets(of: parts.test))
}
