//  BayesianModel+Codable.swift — a model in a file.

import Arrays
import Probability

/// A network, a prior and a likelihood that do not go together.
public struct ModelError: Error, Hashable, Sendable, CustomStringConvertible {
  public let description: String
}

extension BayesianModel: Codable {
  private enum CodingKeys: String, CodingKey { case network, prior, likelihood }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(network, forKey: .network)
    try container.encode(prior, forKey: .prior)
    try container.encode(likelihood, forKey: .likelihood)
  }

  /// Throws: what the parts throw, and `ModelError` when they do not fit.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      checking: container.decode(Network.self, forKey: .network),
      prior: container.decode(Prior.self, forKey: .prior),
      likelihood: container.decode(Likelihood.self, forKey: .likelihood))
  }
}
