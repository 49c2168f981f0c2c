//  RegressionBand+Predictive.swift — the predictions along one input, ready to be drawn.
//
//  Both bands are m̄ ± z s, with z the normal quantile of the level and s the epistemic or the whole standard deviation, so that one
//  always holds the other.

public import Approximations
import Evaluation
public import Reports

extension RegressionBand {
  /// - Parameters:
  ///   - inputs: Where the predictions were made, in any order. Shape [N].
  ///   - predictive: Predictions of one number for each input.
  ///   - level: The probability of the bands, between 0 and 1.
  ///   - observations: What the model was fitted to.
  public init(along inputs: [Double], _ predictive: Predictive, level: Double, observations: [Point] = []) {
    precondition(inputs.count == predictive.count, "\(predictive.count) predictions along \(inputs.count) inputs")
    precondition(level > 0 && level < 1, "a level of \(level)")
    let half = StandardNormal.quantile(0.5 + 0.5 * level)
    let (means, epistemic, total) = (predictive.mean, predictive.epistemic, predictive.standardDeviation)
    func around(_ mean: Double, _ deviation: Double) -> ClosedRange<Double> {
      mean - half * deviation...mean + half * deviation
    }
    self.init(
      predictions: inputs.indices.sorted { inputs[$0] < inputs[$1] }.map { row in
        Prediction(
          input: inputs[row], mean: means[row], epistemic: around(means[row], epistemic[row]),
          total: around(means[row], total[row]))
      }, observations: observations)
  }
}
