//  DotPlot+Comparison.swift — how good the methods of a comparison are, ready to be drawn.

public import Reports

extension DotPlot {
  /// The negative log likelihood of each method that has one, the best on top.
  public init(_ comparison: Comparison) {
    let figures = comparison.records.compactMap { record in
      record[.negativeLogLikelihood].map { (name: record.method.name, value: $0) }
    }.sorted { $0.value < $1.value }
    let baseline = MethodDescription.maximumAPosteriori.name
    self.init(
      names: figures.map(\.name),
      series: [Series(name: "negative log likelihood on rows held out", values: figures.map(\.value))],
      reference: figures.first { $0.name == baseline }.map { Reference(name: "MAP", value: $0.value) })
  }
}
