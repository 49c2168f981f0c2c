//  UsageSentence.swift — what is wrong with a command line, as one sentence.

import ArgumentParser
import Credence

enum UsageSentence {
  /// The sentence about an error of the parser, which may have several lines and a list.
  static func text(of error: any Error, arguments: [String]) -> String {
    let (command, unknown) = command(in: arguments)
    return "\(problem(error, unknown)); '\(command) --help' shows how."
  }

  /// Without a full stop.
  ///
  /// - Parameter unknown: What to say of a word in the place of a command, where there is one.
  private static func problem(_ error: any Error, _ unknown: String?) -> String {
    let lines = CredenceCommand.message(for: error).split(separator: "\n").map(trimmed)
    let items = lines.filter { $0.hasPrefix("- ") }.map { String($0.dropFirst(2)) }
    let said = lines.filter { !$0.hasPrefix("- ") }.joined(separator: " ")
    if let unknown, said.contains("nexpected argument") { return unknown }
    if let fault = ValueFault(said, items) { return fault.text }
    var sentence = said.replacing(". Please", with: "; please")
    if let question = sentence.firstRange(of: ". Did you mean "), sentence.hasSuffix("?") {
      sentence.replaceSubrange(question, with: " (did you mean ")
      sentence += ")"
    }
    if !items.isEmpty { sentence += " " + items.joined(separator: ", ") }
    while sentence.last == "." { sentence.removeLast() }
    if sentence.dropFirst().first?.isLowercase == true || sentence.hasPrefix("A ") {
      sentence = sentence.prefix(1).lowercased() + sentence.dropFirst()
    }
    return sentence
  }

  /// The command and its subcommands that the arguments begin with, and what is wrong with the next word where that should name a
  /// subcommand.
  private static func command(in arguments: [String]) -> (command: String, unknown: String?) {
    var words = [CredenceCommand._commandName]
    var known = CredenceCommand.configuration.subcommands
    for argument in arguments {
      guard let next = known.first(where: { $0._commandName == argument }) else {
        let names = known.filter { $0.configuration.shouldDisplay }.map { $0._commandName }
        if names.isEmpty || argument.hasPrefix("-") { break }
        return (
          words.joined(separator: " "),
          "there is no command '\(argument)'\(NearestName.question(argument, among: names)); there are "
            + names.joined(separator: ", ")
        )
      }
      words.append(argument)
      known = next.configuration.subcommands
    }
    return (words.joined(separator: " "), nil)
  }

  private static func trimmed(_ line: Substring) -> String {
    String(line.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }

  /// The arguments with each negative number joined to the option before it: apart they would look like two options, and
  /// the option would be told to lack a value.
  static func joiningNegativeNumbers(_ arguments: [String]) -> [String] {
    arguments.reduce(into: []) { joined, argument in
      if argument.hasPrefix("-"), Double(argument) != nil, let last = joined.last, last.hasPrefix("--"), last != "--",
        !last.contains("=")
      {
        joined[joined.count - 1] = last + "=" + argument
      } else {
        joined.append(argument)
      }
    }
  }
}
