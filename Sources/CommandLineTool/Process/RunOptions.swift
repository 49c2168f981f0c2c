//  RunOptions.swift — options of how to run, which change no result.

import ArgumentParser
import Foundation

struct ThreadOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Threads to use; all processors by default. The result does not depend on it.", valueName: "n"))
  var threads: Int?

  var count: Int { threads ?? ProcessInfo.processInfo.activeProcessorCount }

  func validate() throws {
    if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads is a number from 1 to 1024.") }
  }
}

struct QuietOption: ParsableArguments {
  @Flag(help: "Say nothing on standard error unless something goes wrong.")
  var quiet = false
}
