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
        credence inspect diabetes.credence --format json
      """)

  @Argument(help: ArgumentHelp("The file.", valueName: "file"))
  var file: String

  @OptionGroup var format: FormatOption
  @OptionGroup var quiet: QuietOption

  func run() throws { try StandardOutput.write(report().written(as: format.format)) }

  private func report() throws -> FileReport {
    switch try FileKind(of: file) {
    case .safetensors:
      let arrays =
        FittedModel.isNamedAsModel(file)
        ? try FittedModel.arrays(ofModelAt: file) : try SafetensorsFile(contentsOf: file)
      return FittedModel.isModel(arrays)
        ? ModelSummary.report(try FittedModel(arrays, name: file), name: file)
        : try ArraySummary.report(arrays, name: file)
    case .npy: return ArraySummary.report(try StoredArray(contentsOfNPY: file), kind: "NPY", name: file)
    case .npz: return try ArraySummary.report(try NPZArchive(contentsOf: file), name: file)
    case .idx: return ArraySummary.report(try StoredArray(contentsOfIDX: file), kind: "IDX", name: file)
    case .json:
      throw DatasetError(
        file: file, problem: "this is JSON", advice: "draws of chains that are kept so are read by 'credence diagnose'")
    case .table: return TableSummary.report(try Table(contentsOf: file, missing: .mean))
    }
  }
}
