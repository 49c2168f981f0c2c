//  UsageSentence.swift — what is wrong with a command line, as one sentence.

import ArgumentParser

enum UsageSentence {
  /// The sentence about an error of the parser, which may have several lines and a list.
  static func text(of error: any Error, arguments: [String]) -> String {
    let lines = CredenceCommand.message(for: error).split(separator: "\n").map(trimmed)
    let items = lines.filter { $0.hasPrefix("- ") }.map { $0.dropFirst(2) }
    let said = lines.filter { !$0.hasPrefix("- ") }.joined(separator: " ")
    var sentence = said.replacing(". Please", with: "; please")
    if !items.isEmpty { sentence += " " + items.joined(separator: ", ") }
    while sentence.last == "." { sentence.removeLast() }
    if sentence.dropFirst().first?.isLowercase == true || sentence.hasPrefix("A ") {
      sentence = sentence.prefix(1).lowercased() + sentence.dropFirst()
    }
    return "\(sentence); '\(command(in: arguments)) --help' shows how."
  }

  /// The command and its subcommands that the arguments begin with.
  private static func command(in arguments: [String]) -> String {
    var words = [CredenceCommand._commandName]
    var known = CredenceCommand.configuration.subcommands
    for argument in arguments {
      guard let next = known.first(where: { $0._commandName == argument }) else { break }
      words.append(argument)
      known = next.configuration.subcommands
    }
    return words.joined(separator: " ")
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
