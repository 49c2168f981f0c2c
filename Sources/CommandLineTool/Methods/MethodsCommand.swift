//  MethodsCommand.swift — credence methods: which methods there are, and their options.

import ArgumentParser
import Credence

struct MethodsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "methods", abstract: "List the methods of inference and their options.",
    discussion: """
      Each option is given to fit as --option key=value.

      EXAMPLE
        credence methods
        credence methods ensemble --format json
      """)

  @Argument(help: ArgumentHelp("One method; all by default.", valueName: "name"))
  var name: String?

  @OptionGroup var format: FormatOption

  func validate() throws {
    if let name { _ = try MethodDescription(name, arguments: []) }
  }

  func run() throws {
    let entries = MethodCatalogue.all.filter { name == nil || $0.name == name }
    try StandardOutput.write(MethodList(entries).written(as: format.format))
  }
}
