//  MethodList+Choice.swift — `--methods all` or a list, with `--option method.key=value`.

import ArgumentParser
import Credence

extension MethodList {
  /// The names of a text.
  ///
  /// Throws: `ValidationError` where there are none.
  static func names(_ text: String) throws -> [String] {
    let names = text == "all" ? MethodCatalogue.names : text.split(separator: ",").map(String.init)
    guard !names.isEmpty else { throw ValidationError("--methods is 'all', or names separated by commas.") }
    return names
  }

  /// The methods that a text names, `first` before all others even where the text does not name it.
  ///
  /// Throws: `ValidationError` that lists what is possible.
  static func chosen(
    _ text: String, options: [MethodOptionArgument] = [], adding first: String? = nil
  ) throws -> [MethodDescription] {
    var names = try names(text)
    if let first { names = [first] + names.filter { $0 != first } }
    if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
      throw ValidationError("--methods names \(twice) twice.")
    }
    for option in options where !names.contains(where: { option.key.hasPrefix($0 + ".") }) {
      throw ValidationError(
        "--option \(option.key)=\(option.value) is of no method that is compared; "
          + "its name begins with that of a method, as in \(names[0]).key=value, and the methods here are "
          + "\(names.joined(separator: ", ")).")
    }
    return try names.map { name in
      let own = options.filter { $0.key.hasPrefix(name + ".") }
        .map { MethodOptionArgument(key: String($0.key.dropFirst(name.count + 1)), value: $0.value) }
      return try MethodDescription(name, arguments: own)
    }
  }
}
