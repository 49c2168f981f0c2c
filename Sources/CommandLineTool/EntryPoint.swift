//  EntryPoint.swift — starts the command and turns errors into one sentence and an exit code.
//
//  Exit codes   0    done
//               1    failed; one sentence on standard error says why
//               2    the command line is wrong; one sentence on standard error says how
//               130  stopped by SIGINT, 143 by SIGTERM; what was done is kept

import ArgumentParser
import Foundation

@main
enum EntryPoint {
  static func main() {
    // A reader that goes away is no failure: `write` reports it, see `StandardOutput`.
    signal(SIGPIPE, SIG_IGN)
    let arguments = UsageSentence.joiningNegativeNumbers(Array(CommandLine.arguments.dropFirst()))
    do {
      var command = try CredenceCommand.parseAsRoot(arguments)
      try command.run()
    } catch {
      exit(code(reporting: error, arguments))
    }
  }

  private static func code(reporting error: any Error, _ arguments: [String]) -> Int32 {
    if let stop = error as? Interruption {
      StandardError.write("credence: \(stop.sentence)\n")
      return stop.exitCode
    }
    let parserCode = CredenceCommand.exitCode(for: error)
    if parserCode == .success {
      StandardOutput.writeIgnoringFaults(CredenceCommand.fullMessage(for: error) + "\n")
      return 0
    }
    if parserCode == .validationFailure {
      StandardError.write("credence: \(UsageSentence.text(of: error, arguments: arguments))\n")
      return 2
    }
    StandardError.write("credence: \(error.sentence)\n")
    return 1
  }
}
