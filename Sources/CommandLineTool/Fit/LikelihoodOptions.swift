//  LikelihoodOptions.swift — options of how targets scatter around what the network predicts.

public import ArgumentParser
public import Credence

extension LikelihoodChoice: ExpressibleByArgument {}

/// What classes count in a fit.
enum ClassWeightsArgument: String, ExpressibleByArgument, CaseIterable {
  case equal, balanced
}

struct LikelihoodOptions: ParsableArguments {
  @Option(
    help: """
      How numbers scatter: with one noise for all, one for each row, outliers, or as counts (default: gaussian). Counts are \
      taken for such only when this says so.
      """)
  var likelihood: LikelihoodChoice?

  @Option(help: "What each class counts: the same a row, or the same a class, however rare.")
  var classWeights: ClassWeightsArgument = .equal

  /// Throws: `ValidationError` when the task that somebody chose does not go with them.
  func check(task: PredictionTask?, hasImages: Bool) throws {
    if let likelihood, task == .classification || hasImages {
      throw ValidationError("--likelihood \(likelihood.rawValue) is one of numbers, and classes are to be predicted.")
    }
    if classWeights == .balanced && (task == .regression || likelihood != nil) {
      throw ValidationError("--class-weights belongs to classes, and a number is to be predicted.")
    }
  }

  /// Throws: `ValidationError` when the task that was inferred does not go with them.
  func check(_ data: FitData) throws {
    guard classWeights == .balanced, case .table(let encoding) = data.encoding, encoding.task == .regression else {
      return
    }
    throw ValidationError(
      "--class-weights belongs to classes, and the target '\(encoding.targetName)' is a number; with --task classification its "
        + "values are classes.")
  }
}
