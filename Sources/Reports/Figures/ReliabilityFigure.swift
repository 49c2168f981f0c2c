//  ReliabilityFigure.swift — stated confidence against observed accuracy. An empty bin stays empty.

/// The reliability diagram of a classifier.
public struct ReliabilityFigure: Hashable, Sendable {
  /// One bin of confidences that is not empty.
  public struct Bin: Hashable, Sendable {
    public let lower: Double
    public let upper: Double
    /// The mean confidence of the bin.
    public let confidence: Double
    /// The share of correct predictions in the bin.
    public let accuracy: Double

    public init(lower: Double, upper: Double, confidence: Double, accuracy: Double) {
      self.lower = lower
      self.upper = upper
      self.confidence = confidence
      self.accuracy = accuracy
    }
  }

  /// The bins that are not empty.
  public let bins: [Bin]

  public init(bins: [Bin]) { self.bins = bins }

  public func figure(title: String, subtitle: String? = nil) -> Figure {
    let tooSure = bins.filter { $0.accuracy < $0.confidence }
    let tooModest = bins.filter { $0.accuracy > $0.confidence }
    let gap = { (bin: Bin) in Bar(from: bin.lower, to: bin.upper, lower: bin.accuracy, upper: bin.confidence) }
    return Figure(
      title: title, subtitle: subtitle,
      // A little room above 1 for the dots.
      horizontal: Axis("confidence", range: 0...1), vertical: Axis("share of correct predictions", range: 0...1.03),
      marks: [
        Mark(
          .bars(bins.map { Bar(from: $0.lower, to: $0.upper, upper: min($0.accuracy, $0.confidence)) }),
          colour: .blue, opacity: 0.75, label: "stated and correct"),
        Mark(.bars(tooSure.map(gap)), colour: .vermilion, opacity: 0.5, label: "stated only: too sure"),
        Mark(.bars(tooModest.map(gap)), colour: .orange, opacity: 0.6, label: "correct only: too modest"),
        .diagonal(label: "calibrated"),
        Mark(
          .scatter(bins.map { Point(x: $0.confidence, y: $0.accuracy) }, radius: 3.5), colour: .black,
          label: "accuracy of the bin"),
      ], width: 520, height: 580)
  }
}

extension Mark {
  /// The line from (0, 0) to (1, 1), where what was promised is what came.
  static func diagonal(label: String) -> Mark {
    Mark(.line([Point(x: 0, y: 0), Point(x: 1, y: 1)], isDashed: true), colour: .black, label: label)
  }
}
