//  PointErrors.swift — how far single numbers lie from their targets.

/// Errors of point predictions. Precondition of each: as many predictions as targets.
public enum PointErrors {
  /// √(1/N Σ (ŷ − y)²), in the unit of the target.
  public static func rootMeanSquared(_ predictions: [Double], _ targets: [Double]) -> Double {
    average(errors(predictions, targets)) { $0 * $0 }.squareRoot()
  }

  /// 1/N Σ |ŷ − y|, in the unit of the target.
  public static func meanAbsolute(_ predictions: [Double], _ targets: [Double]) -> Double {
    average(errors(predictions, targets)) { abs($0) }
  }

  private static func errors(_ predictions: [Double], _ targets: [Double]) -> [Double] {
    precondition(
      predictions.count == targets.count,
      "\(predictions.count) predictions need as many targets, not \(targets.count)")
    return zip(predictions, targets).map(-)
  }
}
