//  ReliabilityFigure+Forecast.swift — the reliability of a classification, ready to be drawn.

public import Evaluation
public import Reports

extension ReliabilityFigure {
  /// The bins of a reliability diagram that are not empty.
  ///
  /// - Parameter labels: Shape [N].
  public init(of forecast: ClassForecast, against labels: [Int]) {
    let diagram = ReliabilityDiagram(of: forecast, against: labels)
    self.init(
      bins: diagram.bins.compactMap { bin in
        guard let confidence = bin.confidence, let accuracy = bin.accuracy else { return nil }
        return Bin(lower: bin.lower, upper: bin.upper, confidence: confidence, accuracy: accuracy)
      })
  }
}
