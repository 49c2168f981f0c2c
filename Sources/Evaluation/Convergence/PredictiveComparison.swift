//  PredictiveComparison.swift — which of two models predicts better, and whether that is more than chance.
//
//  Equations  (1) Δ = Σᵢ (elpdᵢᴬ − elpdᵢᴮ),   standard error √(N Var (elpdᵢᴬ − elpdᵢᴮ))   [Vehtari et al. 2017]
//
//  The terms are paired: the error of Δ is much smaller than those of the totals. A difference below 4 nats says nothing
//  whatever its error; with fewer than 100 observations the error itself is too small. [Sivula et al. 2020]

/// The difference of expected log predictive densities of two models on the same observations.
public struct PredictiveComparison: Hashable, Sendable {
  /// Δ: positive where the first is better. Unit: nats.
  public let difference: Double

  /// Unit: nats.
  public let standardError: Double

  /// With fewer observations the standard error is too small.
  public static let fewestObservations = 100

  /// Precondition: as many observations in both.
  public init(_ first: some PointwiseLogPredictiveDensity, _ second: some PointwiseLogPredictiveDensity) {
    precondition(
      first.pointwise.count == second.pointwise.count,
      "models compared on \(first.pointwise.count) and \(second.pointwise.count) observations")
    let differences = zip(first.pointwise, second.pointwise).map { $0 - $1 }
    difference = differences.reduce(0, +)
    standardError = standardErrorOfSum(differences)
  }
}
