//  DataOptions.swift — where the data come from: a CSV file, or files of images and labels.

import ArgumentParser
import Credence

/// Where labels are not asked for: as `DataOptions` without them.
struct UnlabelledDataOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Images in the IDX format, plain or gzip, in place of a CSV file.", valueName: "file"))
  var images: String?

  @Option(help: SeparatorArgument.help)
  var separator: SeparatorArgument?

  /// Known so that it can be refused in a sentence.
  @Option(help: .hidden)
  var labels: String?

  /// Throws: `ValidationError` unless there is exactly one source.
  func source(csv: String?) throws -> DataOptions.Source {
    if labels != nil { throw ValidationError("--labels belongs to fit and evaluate; a prediction needs none.") }
    return try DataOptions.Source(csv: csv, images: images, labels: nil)
  }
}

/// What becomes of columns that the training data did not have.
struct ExtraColumnsOption: ParsableArguments {
  @Flag(help: "Pass over columns that the training data did not have; otherwise they are an error.")
  var ignoreExtra = false
}

/// One character between the cells of a CSV file.
struct SeparatorArgument: ExpressibleByArgument {
  static let help = ArgumentHelp(
    "The character between cells, or 'tab'; by default the one of , ; tab | that fits.", valueName: "c")

  let character: Character

  init?(argument: String) {
    switch argument {
    case "tab", "\\t": character = "\t"
    default:
      guard let first = argument.first, argument.count == 1 else { return nil }
      character = first
    }
  }
}

struct DataOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Images in the IDX format, plain or gzip, in place of a CSV file.", valueName: "file"))
  var images: String?

  @Option(help: ArgumentHelp("The labels of the images, in the IDX format.", valueName: "file"))
  var labels: String?

  @Option(help: SeparatorArgument.help)
  var separator: SeparatorArgument?

  /// Either a CSV file or images.
  enum Source {
    case table(path: String)
    case images(path: String)

    /// Throws: `ValidationError` unless there is exactly one source.
    init(csv: String?, images: String?, labels: String?) throws {
      switch (csv, images) {
      case (let csv?, nil):
        guard labels == nil else { throw ValidationError("--labels belongs to --images.") }
        self = .table(path: csv)
      case (nil, let images?): self = .images(path: images)
      case (.some, .some): throw ValidationError("Give either a CSV file or --images, not both.")
      case (nil, nil): throw ValidationError("Give a CSV file, or --images with an IDX file.")
      }
    }
  }

  /// A CSV file, or images with their labels.
  enum LabelledSource {
    case table(path: String)
    case images(path: String, labels: String)
  }

  /// Throws: `ValidationError` unless there is exactly one source, with its labels.
  func labelledSource(csv: String?) throws -> LabelledSource {
    switch try Source(csv: csv, images: images, labels: labels) {
    case .table(let path): return .table(path: path)
    case .images(let path):
      guard let labels else { throw ValidationError("--images needs --labels.") }
      return .images(path: path, labels: labels)
    }
  }
}
