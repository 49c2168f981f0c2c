//  MethodSelection.swift — options of one method.

import ArgumentParser
import Credence

struct MethodSelection: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How the posterior is approximated; 'credence methods' lists the ways: "
        + MethodCatalogue.names.joined(separator: ", ") + ".", valueName: "name"))
  var method = MethodCatalogue.standard

  @Option(help: ArgumentHelp("An option of the method; may be repeated.", valueName: "key=value"))
  var option: [MethodOptionArgument] = []

  @Option(help: ArgumentHelp("The same as --option members=<n>.", valueName: "n"))
  var members: Int?

  @Flag(help: "The same as --option bagging=yes.")
  var bagging = false

  func validate() throws { _ = try description }

  /// Throws: `ValidationError` when there is no such method, option or value.
  var description: MethodDescription {
    get throws {
      var arguments = option
      if let members { arguments.append(MethodOptionArgument(key: "members", value: "\(members)")) }
      if bagging { arguments.append(MethodOptionArgument(key: "bagging", value: "yes")) }
      return try MethodDescription(method, arguments: arguments)
    }
  }
}
