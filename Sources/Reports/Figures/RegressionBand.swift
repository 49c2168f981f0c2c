//  RegressionBand.swift — a regression on one input: the curve, and how sure it is.

/// A prediction along one input and the data that it was learnt from.
public struct RegressionBand: Hashable, Sendable {
  /// The prediction at one input.
  public struct Prediction: Hashable, Sendable {
    public let input: Double
    public let mean: Double
    /// The interval of the function itself: what more data would narrow.
    public let epistemic: ClosedRange<Double>
    /// The interval of a new observation: the function and the noise.
    public let total: ClosedRange<Double>

    public init(input: Double, mean: Double, epistemic: ClosedRange<Double>, total: ClosedRange<Double>) {
      self.input = input
      self.mean = mean
      self.epistemic = epistemic
      self.total = total
    }
  }

  /// In ascending order of the input.
  public let predictions: [Prediction]
  public let observations: [Point]

  public init(predictions: [Prediction], observations: [Point] = []) {
    self.predictions = predictions
    self.observations = observations
  }

  /// The figure. `level` names the intervals, as in "90 %".
  public func figure(
    title: String, subtitle: String? = nil, level: String, input: String, target: String
  ) -> Figure {
    let total = predictions.map { Mark.Segment(x: $0.input, lower: $0.total.lowerBound, upper: $0.total.upperBound) }
    let epistemic = predictions.map {
      Mark.Segment(x: $0.input, lower: $0.epistemic.lowerBound, upper: $0.epistemic.upperBound)
    }
    var marks = [
      Mark(.band(total), colour: .sky, opacity: 0.28, label: "\(level) of observations"),
      Mark(.band(epistemic), colour: .blue, opacity: 0.35, label: "\(level) for the function"),
      Mark(.line(predictions.map { Point(x: $0.input, y: $0.mean) }), colour: .blue, label: "mean"),
    ]
    if !observations.isEmpty {
      marks.append(Mark(.scatter(observations, radius: 2.5), colour: .black, opacity: 0.7, label: "data"))
    }
    return Figure(
      title: title, subtitle: subtitle, horizontal: Axis(input), vertical: Axis(target), marks: marks)
  }
}
