//  BenchmarkCommand.swift — credence benchmark: scores on published data, beside published figures.

import ArgumentParser
import Foundation

struct BenchmarkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "benchmark", abstract: "Measure the library on standard data sets.",
    discussion: """
      The data are not part of the package. They are looked for in the folder that CREDENCE_DATA names, or else in \
      ../shared/data.

      EXAMPLE
        credence benchmark uci --sets energy,yacht
        credence benchmark mnist
      """, subcommands: [UCICommand.self, MNISTCommand.self])

  /// Where data sets lie when no option says so.
  static func folder(_ name: String) -> String {
    (ProcessInfo.processInfo.environment["CREDENCE_DATA"] ?? "../shared/data") + "/" + name
  }
}
