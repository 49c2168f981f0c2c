//  FitDescription+Decoding.swift — a description from a file. The first model files hold `hiddenUnits` in place of `network`.

import Networks

extension FitDescription {
  private enum FormerKeys: String, CodingKey { case hiddenUnits }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let former = try decoder.container(keyedBy: FormerKeys.self)
    let units = try former.decodeIfPresent([Int].self, forKey: .hiddenUnits)
    self.init(
      method: try container.decode(MethodDescription.self, forKey: .method),
      network: try units.map { .dense($0) } ?? container.decode(NetworkDescription.self, forKey: .network),
      activation: try container.decode(Activation.self, forKey: .activation),
      priorScale: try container.decode(Double.self, forKey: .priorScale),
      epochs: try container.decodeIfPresent(Int.self, forKey: .epochs),
      batchSize: try container.decodeIfPresent(Int.self, forKey: .batchSize),
      learningRate: try container.decodeIfPresent(Double.self, forKey: .learningRate),
      stopsEarly: try container.decode(Bool.self, forKey: .stopsEarly),
      seed: try container.decode(UInt64.self, forKey: .seed),
      likelihood: try container.decodeIfPresent(LikelihoodChoice.self, forKey: .likelihood),
      balancesClasses: try container.decodeIfPresent(Bool.self, forKey: .balancesClasses) ?? false)
  }
}
