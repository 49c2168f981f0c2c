//  InspectCommand.swift — credence inspect: what a file holds.

import ArgumentParser
import Credence

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Show what a file holds: a model, arrays, images or a table.",
    discussion: """
      Knows fitted models and other safetensors files, NPY, NPZ, IDX (plain or gzip) and CSV, by their content.

      EXAMPLE
        credence inspect diabetes.credence
      """)

  @Argument(help: ArgumentHelp("The file.", valueName: "file"))
  var file: String

  func run() throws {
    let text: String
    switch try FileKind(of: file) {
    case .safetensors:
      let arrays =
        FittedModel.isNamedAsModel(file)
        ? try FittedModel.arrays(ofModelAt: file) : try SafetensorsFile(contentsOf: file)
      text =
        FittedModel.isModel(arrays)
        ? ModelSummary(try FittedModel(arrays, name: file), name: file).text
        : try ArraySummary(arrays, name: file).text
    case .npy: text = ArraySummary(try StoredArray(contentsOfNPY: file), kind: "NPY", name: file).text
    case .npz: text = try ArraySummary(try NPZArchive(contentsOf: file), name: file).text
    case .idx: text = ArraySummary(try StoredArray(contentsOfIDX: file), kind: "IDX", name: file).text
    case .table: text = TableSummary(try Table(contentsOf: file, missing: .mean)).text
    }
    try StandardOutput.write(text)
  }
}
