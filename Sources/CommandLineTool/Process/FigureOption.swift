//  FigureOption.swift — the picture of a result, as SVG.

import ArgumentParser
import Credence
import Foundation

struct FigureOption: ParsableArguments {
  @Option(help: ArgumentHelp("Draw the result as well: an SVG file to write.", valueName: "file.svg"))
  var figure: String?

  func validate() throws {
    if let figure, !figure.lowercased().hasSuffix(".svg") {
      throw ValidationError("--figure writes SVG: give it a name that ends in .svg, not '\(figure)'.")
    }
  }

  /// Asked before the work. Throws: `DatasetError` when the file cannot be written, or is an input.
  func check(inputs: [String?] = []) throws(DatasetError) {
    if let figure { try OutputFile.check(figure, inputs: inputs) }
  }

  /// A file without its folder, for a title.
  static func shortName(_ path: String) -> String { URL(filePath: path).lastPathComponent }

  /// Draws and writes where a figure was asked for.
  func write(_ draw: () throws -> Figure) throws {
    guard let figure else { return }
    try AtomicFile.write([Array(try draw().svg.utf8)], to: figure)
  }
}
