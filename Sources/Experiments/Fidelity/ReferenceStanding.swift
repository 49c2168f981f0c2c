//  ReferenceStanding.swift — whether a model is the reference of a study, and if not, what is another.

import Approximations
import Networks
import Training

/// What a model is to a study.
public enum ReferenceStanding: Hashable, Sendable {
  /// Its reference: the same description, with as many draws or more, and an encoding that was learnt from the same rows.
  case whole
  /// The same with fewer draws: its chains may go on.
  case shorter
  /// A fit by another method, or one whose draws are no chains.
  case otherMethod(String)
  /// Of other settings: at least one.
  case otherSettings([ReferenceDifference])
  /// Of other rows or columns, another likelihood, or epochs of its own.
  case otherData
}

/// A setting that a model has and that is asked for otherwise.
public struct ReferenceDifference: Hashable, Sendable {
  /// As the option of a command line is called: "prior-scale"; "nuts.warm-up" for one of a method.
  public let name: String
  /// The value of the model.
  public let found: String
  /// The value that is asked for.
  public let wanted: String

  public init(name: String, found: String, wanted: String) {
    self.name = name
    self.found = found
    self.wanted = wanted
  }

  /// The options that make the reference, with defaults filled in; the number of draws is none of them, nor what ends a run before.
  static func ofMethod(_ found: MethodDescription, _ wanted: MethodDescription) -> [ReferenceDifference] {
    guard let (entry, there) = try? found.resolved(), let (_, here) = try? wanted.resolved() else { return [] }
    return entry.options.filter { !["draws", "effective", "seconds"].contains($0.key) }.compactMap { option in
      difference(
        "\(entry.name).\(option.key)", there[option.key] ?? option.standard, here[option.key] ?? option.standard)
    }
  }

  /// The settings that the posterior of a study depends on.
  static func ofSettings(_ found: FitDescription, _ wanted: FitDescription) -> [ReferenceDifference] {
    [
      difference("network", found.network, wanted.network),
      difference("activation", found.activation.rawValue, wanted.activation.rawValue),
      difference("prior", (found.prior ?? .normal).rawValue, (wanted.prior ?? .normal).rawValue),
      difference("prior-scale", found.priorScale, wanted.priorScale),
      difference("seed", found.seed, wanted.seed),
    ].compactMap { $0 }
  }

  private static func difference(
    _ name: String, _ found: some CustomStringConvertible, _ wanted: some CustomStringConvertible
  ) -> ReferenceDifference? {
    let (found, wanted) = (found.description, wanted.description)
    return found == wanted ? nil : ReferenceDifference(name: name, found: found, wanted: wanted)
  }
}

extension FidelityStudy {
  /// What a model is to this study, whose reference is to be as described.
  public func standing(of model: FittedModel, as description: FitDescription) -> ReferenceStanding {
    let settings = model.record.settings
    guard let chains = model.posterior as? MarkovChainsPosterior, settings.method.name == description.method.name else {
      return .otherMethod(settings.method.name)
    }
    let differences =
      ReferenceDifference.ofMethod(settings.method, description.method)
      + ReferenceDifference.ofSettings(settings, description)
    guard differences.isEmpty else { return .otherSettings(differences) }
    guard model.record.rowCount == data.train.examples.count, model.record.encoding == data.train.encoding,
      settings.likelihood == description.likelihood, settings.epochs == description.epochs,
      settings.balancesClasses == description.balancesClasses,
      case .integer(let draws)? = description.method.options["draws"]
    else { return .otherData }
    return chains.drawsPerChain >= draws ? .whole : .shorter
  }
}
