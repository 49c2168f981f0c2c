//  LinearFigure.swift — the average of linear models along one input, or the probability of each.

import Credence

struct LinearFigure {
  private let comparison: LinearComparison
  private let encoding: TabularEncoding
  private let table: Table
  private let level: Double

  init(_ comparison: LinearComparison, _ encoding: TabularEncoding, _ table: Table, level: Double) {
    self.comparison = comparison
    self.encoding = encoding
    self.table = table
    self.level = level
  }

  /// Throws: `DatasetError`.
  func figure(title: String) throws(DatasetError) -> Figure {
    guard encoding.inputCount == 1, let feature = encoding.features.first(where: { $0.width == 1 }),
      case .number(let unit) = feature.kind, let numbers = try table.column(named: feature.name).numbers
    else { return probabilities(title: title) }
    return band(title: title, feature.name, unit, numbers, try encoding.originalTargets(of: table))
  }

  /// A little beyond the data on both sides.
  private func band(
    title: String, _ name: String, _ unit: Standardisation, _ numbers: [Double], _ targets: [Double]
  ) -> Figure {
    let seen = numbers.filter(\.isFinite)
    let (least, greatest) = (seen.min() ?? 0, seen.max() ?? 1)
    let places = (0...240).map { least + (greatest - least) * (1.1 * Double($0) / 240 - 0.05) }
    let scale = encoding.target.standardisation ?? Standardisation(mean: 0, scale: 1)
    let inputs = DenseArray(places.map(unit.encoded), shape: [places.count, 1])
    let average = comparison.average
    let noise = zip(average.probabilities, average.models).reduce(0) { $0 + $1.0 / $1.1.noisePrecision }
    let mixtures = average.predict(inputs)
    // The noise is the mean of the models'; what is left is what they do not know, or do not agree on.
    let predictive = Predictive(
      .numbers(
        NumberForecast(
          .normal(
            means: DenseArray(mixtures.map { scale.decoded($0.mean) }, shape: [1, places.count, 1]),
            noiseDeviations: DenseArray(
              places.map { _ in scale.scale * noise.squareRoot() }, shape: [1, places.count, 1]),
            functionDeviations: DenseArray(
              mixtures.map { scale.scale * max($0.variance - noise, 0).squareRoot() }, shape: [1, places.count, 1])))))
    return RegressionBand(
      along: places, predictive, level: level, observations: zip(numbers, targets).map { Point(x: $0, y: $1) }
    ).figure(
      title: title, subtitle: comparison.subject, level: NumberFormat.level(level),
      input: name, target: encoding.targetName)
  }

  private func probabilities(title: String) -> Figure {
    let bars = zip(comparison.degrees, comparison.average.probabilities).map { degree, probability in
      Bar(from: Double(degree) - 0.4, to: Double(degree) + 0.4, upper: probability)
    }
    return Figure(
      title: title, subtitle: "how probable each is, by its evidence", horizontal: Axis(comparison.noun),
      vertical: Axis("posterior probability", range: 0...1.03), marks: [Mark(.bars(bars), colour: .blue, opacity: 0.8)])
  }
}
