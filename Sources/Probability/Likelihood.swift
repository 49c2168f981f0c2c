//  Likelihood.swift — how outputs of a network and targets of the data belong together.
//
//  Notation   N  examples   D  targets an example   O  outputs of the network an example   T  temperature
//
//  The log density of an example is log p(y | f) / T, with all constants. With T ≠ 1, or with weights of classes, it is
//  the logarithm of a power of a density, not of a density.

/// The distribution of targets, given the outputs of a network.
public struct Likelihood: Hashable, Sendable, Codable {
  /// The distribution, with what it needs.
  public enum Family: Hashable, Sendable, Codable {
    /// Real targets, normal around the outputs.
    case gaussian(noise: NoiseModel)
    /// Real targets with outliers.
    case studentT(degreesOfFreedom: Double, scale: NoiseModel)
    /// One of several classes; outputs are logits. A weight for each class multiplies the log density of its examples.
    case categorical(classes: Int, weights: [Double]?)
    /// Zero or one; the output is a logit. The weight multiplies the log density of examples of one.
    case bernoulli(positiveWeight: Double)
    /// Several targets of zero or one, independent given the outputs, which are logits. A weight for each label.
    case multiLabel(labels: Int, positiveWeights: [Double]?)
    /// Counts; the output is the logarithm of the rate.
    case poisson
  }

  public let family: Family

  /// Whether examples count by their classes, so that their density is not normalised.
  public var isWeighted: Bool {
    switch family {
    case .categorical(_, let weights), .multiLabel(_, let weights): weights != nil
    case .bernoulli(let weight): weight != 1
    case .gaussian, .studentT, .poisson: false
    }
  }

  /// T: the log density is divided by it. 1 is the likelihood itself; below 1 the data count more.
  public let temperature: Double

  /// Precondition: temperature > 0, and so are degrees of freedom, fixed and initial scales, and weights; at least two
  /// classes, one label; as many weights as classes or labels.
  public init(_ family: Family, temperature: Double = 1) {
    self.family = family
    self.temperature = temperature
    if let problem { preconditionFailure(problem) }
  }

  /// The same distribution at another temperature. Precondition: temperature > 0.
  public func tempered(by temperature: Double) -> Likelihood { Likelihood(family, temperature: temperature) }

  public static func gaussian(noise: NoiseModel) -> Likelihood { Likelihood(.gaussian(noise: noise)) }

  public static func studentT(degreesOfFreedom: Double, scale: NoiseModel) -> Likelihood {
    Likelihood(.studentT(degreesOfFreedom: degreesOfFreedom, scale: scale))
  }

  public static func categorical(classes: Int, weights: [Double]? = nil) -> Likelihood {
    Likelihood(.categorical(classes: classes, weights: weights))
  }

  public static let bernoulli = Likelihood(.bernoulli(positiveWeight: 1))

  public static func bernoulli(positiveWeight: Double) -> Likelihood {
    Likelihood(.bernoulli(positiveWeight: positiveWeight))
  }

  public static func multiLabel(labels: Int, positiveWeights: [Double]? = nil) -> Likelihood {
    Likelihood(.multiLabel(labels: labels, positiveWeights: positiveWeights))
  }

  public static let poisson = Likelihood(.poisson)
}

extension Likelihood {
  private enum CodingKeys: String, CodingKey { case family, temperature }

  /// Throws: `DecodingError` when a number is outside of its range.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    family = try container.decode(Family.self, forKey: .family)
    temperature = try container.decode(Double.self, forKey: .temperature)
    if let problem {
      throw DecodingError.dataCorruptedError(forKey: .family, in: container, debugDescription: problem)
    }
  }

  /// What is wrong with the numbers, or `nil`.
  private var problem: String? {
    guard temperature > 0 && temperature.isFinite else {
      return "a temperature is positive and finite, not \(temperature)"
    }
    switch family {
    case .gaussian(let noise): return noise.problem
    case .studentT(let degrees, let scale):
      return degrees > 0 && degrees.isFinite
        ? scale.problem : "a number of degrees of freedom is positive and finite, not \(degrees)"
    case .categorical(let classes, let weights):
      guard classes >= 2 else { return "a categorical likelihood has at least two classes, not \(classes)" }
      return Likelihood.problem(ofWeights: weights, count: classes, of: "classes")
    case .bernoulli(let weight): return Likelihood.problem(ofWeights: [weight], count: 1, of: "labels")
    case .multiLabel(let labels, let weights):
      guard labels >= 1 else { return "a multi-label likelihood has at least one label, not \(labels)" }
      return Likelihood.problem(ofWeights: weights, count: labels, of: "labels")
    case .poisson: return nil
    }
  }

  private static func problem(ofWeights weights: [Double]?, count: Int, of what: String) -> String? {
    guard let weights else { return nil }
    guard weights.count == count else { return "\(weights.count) weights for \(count) \(what)" }
    let areFine = weights.allSatisfy { $0 > 0 && $0.isFinite }
    return areFine ? nil : "weights of \(what) are positive and finite, not \(weights)"
  }
}
