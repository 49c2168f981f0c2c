//  MethodOptionArgument.swift — `--option key=value`, and the method that it belongs to.

import ArgumentParser
import Credence

/// The text of one option of a method.
struct MethodOptionArgument: ExpressibleByArgument {
  let key: String
  let value: String

  init(key: String, value: String) {
    self.key = key
    self.value = value
  }

  init?(argument: String) {
    guard let equals = argument.firstIndex(of: "="), equals != argument.startIndex else { return nil }
    key = String(argument[..<equals])
    value = String(argument[argument.index(after: equals)...])
  }
}

extension MethodDescription {
  /// A method with options from the command line.
  ///
  /// Throws: `ValidationError` that lists what is possible.
  init(_ name: String, arguments: [MethodOptionArgument]) throws {
    do {
      let entry = try MethodCatalogue.entry(named: name)
      var options: [String: OptionValue] = [:]
      for argument in arguments {
        guard options[argument.key] == nil else {
          throw ValidationError("The option \(argument.key) of the method \(name) is given twice.")
        }
        options[argument.key] = try entry.value(of: argument.key, parsing: argument.value)
      }
      _ = try entry.validated(options)
      self.init(name, options: options)
    } catch let error as MethodError {
      throw ValidationError(error.description.prefix(1).uppercased() + error.description.dropFirst() + ".")
    }
  }
}
