//  PredictionFigure.swift — predicted numbers with their bands: along the input where there is one, and otherwise row by row.

import Credence

struct PredictionFigure {
  let figure: Figure

  /// Throws: `DatasetError`.
  init(_ predictive: Predictive, _ encoding: DataEncoding, _ inputs: EncodedData, level: Double) throws(DatasetError) {
    let (places, axis, target) = try Self.places(predictive, encoding, inputs)
    figure = RegressionBand(along: places, predictive, level: level).figure(
      title: "Predictions of \(NumberFormat.count(predictive.count, "row"))", level: NumberFormat.level(level),
      input: axis, target: target)
  }

  /// Where the rows lie along the axis, its name, and that of the target.
  private static func places(
    _ predictive: Predictive, _ encoding: DataEncoding, _ inputs: EncodedData
  ) throws(DatasetError) -> ([Double], String, String) {
    guard case (.table(let encoding), .table(let table)) = (encoding, inputs.source) else {
      return (ranks(predictive.mean), "row, in the order of the mean", "prediction")
    }
    if encoding.inputCount == 1, let name = encoding.inputNames.first,
      let numbers = try table.column(named: name).numbers
    {
      return (numbers, name, encoding.targetName)
    }
    return (ranks(predictive.mean), "row, in the order of the mean", encoding.targetName)
  }

  /// From 1, in the order of the numbers.
  private static func ranks(_ numbers: [Double]) -> [Double] {
    var ranks = numbers
    for (rank, row) in numbers.indices.sorted(by: { numbers[$0] < numbers[$1] }).enumerated() {
      ranks[row] = Double(rank + 1)
    }
    return ranks
  }
}
