//  DropoutEntries.swift — `dropout`, `concrete-dropout`, `dropconnect`: one network, and a mask for every pass.

import Approximations
import Networks

extension MethodEntry {
  static let monteCarloDropout = MethodEntry(
    name: MonteCarloDropout.name, summary: "one network whose units drop at random in every pass",
    options: [
      .automaticNumber(
        "rate", in: 0.001...0.95,
        "the probability that a unit drops; auto takes 0.2 for hidden layers of 200 units and more, otherwise 0.05"),
      passes, masks,
    ]
  ) { options, setting in
    let method = MonteCarloDropout(
      rate: options.chosenNumber("rate").map { .fixed($0) }, passes: options.integer("passes"),
      masks: options.choice("masks", as: Masks.self).masks, training: setting.training)
    let rates = Set(method.rates(in: setting.model)).sorted().map { "\($0)" }.joined(separator: ", ")
    return MethodPlan(method, setting, resolved: method.rate == nil && !rates.isEmpty ? ["rate": rates] : [:])
  }

  static let concreteDropout = MethodEntry(
    name: "concrete-dropout", summary: "dropout with rates that are learned, one for each layer",
    options: [
      .number("initial", in: 0.001...0.95, default: 0.1, "the rates at the start"), passes, masks,
    ]
  ) { options, setting in
    MethodPlan(
      MonteCarloDropout(
        rate: .learned(initial: options.number("initial")), passes: options.integer("passes"),
        masks: options.choice("masks", as: Masks.self).masks, training: setting.training), setting)
  }

  static let dropConnect = MethodEntry(
    name: DropConnect.name, summary: "one network whose weights drop at random in every pass",
    options: [
      .number(
        "rate", in: 0.001...0.95, default: LibraryDefaults.dropConnect.rate, "the probability that a weight drops"),
      passes,
    ]
  ) { options, setting in
    MethodPlan(
      DropConnect(
        rate: options.number("rate"), passes: options.integer("passes"), training: setting.training), setting,
      networks: 1 + options.integer("passes") / 6, cheaper: "fewer units or fewer passes")
  }

  private static let passes = MethodOption.integer(
    "passes", in: 1...10_000, default: LibraryDefaults.monteCarloDropout.passes, "passes for a prediction")
  private static let masks = MethodOption.choice(
    "masks", default: Masks.perInput, "whether inputs of a pass share their masks")

  /// What the command line calls them.
  private enum Masks: String, CaseIterable {
    case perInput = "per-input"
    case perPass = "per-pass"

    var masks: DropoutPosterior.Masks {
      switch self {
      case .perInput: .perInput
      case .perPass: .perPass
      }
    }
  }
}
