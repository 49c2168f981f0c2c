//  Distribution+Support.swift — observations that a distribution cannot have are mistakes in a program, and end it with the value.

import Programs

extension Distribution {
  /// Observations that are known when the density is written are held against what they can be. Those that are computed are not.
  static func expect(_ values: Tensor, of name: String, _ support: String, _ isPossible: (Double) -> Bool) {
    guard let known = values.constantElements, let place = known.firstIndex(where: { !isPossible($0) }) else { return }
    preconditionFailure("the value \(known[place]) at place \(place) of \(name): \(support)")
  }

  static func expectCounts(_ values: Tensor, of name: String) {
    expect(values, of: name, "counts are whole numbers from 0") { $0 >= 0 && $0 == $0.rounded() }
  }

  static func expectLabels(_ values: Tensor, of name: String, classes: Int) {
    expect(values, of: name, "labels are whole numbers from 0 to \(classes - 1)") {
      $0 >= 0 && $0 < Double(classes) && $0 == $0.rounded()
    }
  }

  static func expectOutcomes(_ values: Tensor, of name: String) {
    expect(values, of: name, "outcomes are 0 and 1") { $0 == 0 || $0 == 1 }
  }
}
