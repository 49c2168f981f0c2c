//  InferenceMethod.swift — the one protocol of all methods: a model and data in, a posterior out.

public import Networks
public import Training

/// A way to approximate the posterior p(θ | D) of a network.
public protocol InferenceMethod: Sendable {
  associatedtype Fitted: Posterior

  /// One word, as on the command line.
  static var name: String { get }

  /// Fits the posterior on the caller's thread, which waits. Asynchronous code calls the method of the same name with `await`.
  ///
  /// - Parameters:
  ///   - seed: All randomness is a function of it: the same seed gives the same bits, on any number of threads.
  ///   - control: Threads, progress, checkpoints. Nothing in it changes the result.
  /// - Throws: `TrainingError`.
  func fit(
    _ model: BayesianModel, to examples: Examples, seed: UInt64, control: RunControl
  ) throws(TrainingError) -> Fitted
}

extension InferenceMethod {
  /// Fits the posterior on all processors, and returns when that is done. In asynchronous code the awaited form is taken.
  public func fit(_ model: BayesianModel, to examples: Examples, seed: UInt64 = 0) throws(TrainingError) -> Fitted {
    try fit(model, to: examples, seed: seed, control: RunControl())
  }
}
