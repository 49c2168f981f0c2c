//  CoverageFigure+Forecast.swift — the coverage of a forecast, ready to be drawn.

public import Evaluation
public import Reports

extension CoverageFigure.Curve {
  /// The shares of targets that central intervals hold, at the levels 0.05 to 0.95. Of counts too the diagonal is what is right: a
  /// count is partly in an interval, see `CalibrationCurve`.
  ///
  /// - Parameter targets: Shape [N].
  public init(name: String, of forecast: NumberForecast, against targets: [Double]) {
    let curve = forecast.calibration(against: targets)
    self.init(name: name, points: zip(curve.levels, curve.observed).map { Point(x: $0, y: $1) })
  }
}
