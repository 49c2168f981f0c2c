//  MaximumAPosterioriEntry.swift — `map`: the point of comparison.

import Approximations

extension MethodEntry {
  static let maximumAPosteriori = MethodEntry(
    name: MaximumAPosteriori.name, summary: "one network at a mode of the posterior; knows the noise, not its ignorance"
  ) { _, setting in
    MethodPlan(MaximumAPosteriori(training: setting.training), setting)
  }
}
