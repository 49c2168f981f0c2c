//  PredictionFigure.swift — predicted numbers with their bands: along the input where there is one, and otherwise row by row.

import Credence

struct PredictionFigure {
  let figure: Figure

  /// Targets that the rows happen to have are drawn as dots.
  ///
  /// - Parameter title: The method.
  /// - Throws: `DatasetError`.
  init(
    _ predictive: Predictive, _ encoding: DataEncoding, _ inputs: EncodedData, level: Double, title: String
  ) throws(DatasetError) {
    guard case (.table(let encoding), .table(let table)) = (encoding, inputs.source) else {
      preconditionFailure("numbers are predicted for tables")
    }
    let (places, axis) = try Self.places(predictive, encoding, table)
    let truth = table.columns.first { $0.name == encoding.targetName }?.numbers ?? []
    figure = RegressionBand(
      along: places, predictive, level: level, observations: zip(places, truth).map { Point(x: $0, y: $1) }
    ).figure(
      title: title, subtitle: FigureOption.shortName(table.name), level: NumberFormat.level(level), input: axis,
      target: encoding.targetName)
  }

  /// Where the rows lie along the axis, and its name.
  private static func places(
    _ predictive: Predictive, _ encoding: TabularEncoding, _ table: Table
  ) throws(DatasetError) -> ([Double], String) {
    if encoding.inputCount == 1, let name = encoding.inputNames.first,
      let numbers = try table.column(named: name).numbers
    {
      return (numbers, name)
    }
    // From 1, in the order of the means.
    let means = predictive.mean
    var ranks = means
    for (rank, row) in means.indices.sorted(by: { means[$0] < means[$1] }).enumerated() {
      ranks[row] = Double(rank + 1)
    }
    return (ranks, "row, in the order of the mean")
  }
}
