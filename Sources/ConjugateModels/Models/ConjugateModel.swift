//  ConjugateModel.swift — models whose posterior is of the family of the prior: inference is adding up.

/// A model whose posterior, predictive distribution and evidence are known in closed form.
///
/// Observing in batches of any size gives what observing all at once gives.
public protocol ConjugateModel: Sendable {
  associatedtype Observation
  associatedtype Parameters

  /// What was believed before any observation.
  var prior: Parameters { get }

  /// What is believed after all observations so far; the prior before the first.
  var posterior: Parameters { get }

  /// How many observations there were.
  var observationCount: Int { get }

  /// log p(D), the density of all observations so far, in their order, under the prior; 0 before the first. Unit: nats.
  var logEvidence: Double { get }

  /// Takes further observations in.
  mutating func observe(_ observations: some Sequence<Observation>)
}

extension ConjugateModel {
  /// The model after further observations.
  public func observing(_ observations: some Sequence<Observation>) -> Self {
    var model = self
    model.observe(observations)
    return model
  }
}
