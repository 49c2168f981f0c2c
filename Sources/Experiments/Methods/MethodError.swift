//  MethodError.swift — a method or an option that there is not, and what there is.

import Datasets

/// What is wrong with the description of a method, in one sentence that lists what is possible.
public enum MethodError: Error, Hashable, Sendable, CustomStringConvertible {
  case unknownMethod(String, known: [String])
  case unknownOption(String, method: String, known: [String])
  case unusedOption(String, method: String, use: String, values: String)
  /// - Parameter words: Those that are possible, where the option is one of some words.
  case impossibleValue(String, option: String, method: String, values: String, words: [String] = [])

  public var description: String {
    switch self {
    case .unknownMethod(let name, let known):
      "there is no method '\(name)'\(NearestName.question(name, among: known)); there are \(known.joined(separator: ", "))"
    case .unknownOption(let key, let method, let known):
      known.isEmpty
        ? "the method \(method) has no option '\(key)'; it has none at all"
        : "the method \(method) has no option '\(key)'\(NearestName.question(key, among: known)); it has \(known.joined(separator: ", "))"
    case .unusedOption(let key, let method, let use, let values):
      "the option \(key) of the method \(method) is used only where \(use); here \(values)"
    case .impossibleValue(let value, let option, let method, let values, let words):
      "the option \(option) of the method \(method) is \(values), not '\(value)'"
        + NearestName.question(value, among: words)
    }
  }
}
