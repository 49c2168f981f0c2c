//  MethodSentence.swift — what a method says of options that it cannot have.

import Experiments

/// The sentence by which a method refuses its options; "accepted" where it does not.
func sentence(_ name: String, _ options: [String: OptionValue]) -> String {
  do {
    _ = try MethodDescription(name, options: options).resolved()
    return "accepted"
  } catch {
    return error.description
  }
}
