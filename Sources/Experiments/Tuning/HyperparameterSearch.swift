//  HyperparameterSearch.swift — settings chosen by rows that are held out of the training rows, and by no others.
//
//  One setting after another: passes over the data, learning rate, scale of the prior. The alternatives to each are fitted to
//  the training rows without the validation rows, and judged by their log likelihood on these; the best is kept while
//  the next setting is tried. So 1 + Σ (number of alternatives) fits are made where a grid would make the product. The
//  final fit has all training rows.
//
//  Notation   dᵢ what an alternative gains in log p(yᵢ) of validation row i
//
//  Equation   (1) an alternative is better where Σ dᵢ is above its standard error, see `PredictiveComparison`: on some ninety
//                 rows the best of seven settings is else the luckiest one, and worse on other rows than the defaults

import Approximations
import Evaluation
public import Training

/// A search over the settings that no method can do without.
public struct HyperparameterSearch: Hashable, Sendable, Codable {
  /// Alternatives to the number of epochs, as factors of the default.
  public var epochFactors: [Double]
  /// Alternatives to the learning rate, as factors of the default.
  public var learningRateFactors: [Double]
  /// Alternatives to the scale of the prior.
  public var priorScales: [Double]
  /// The share of the training rows that judges.
  public var validationFraction: Double
  /// The share of the epochs that a fit takes while settings are chosen.
  public var effort = 1.0

  /// For fits that take minutes: a quarter of the epochs, whose number is given.
  public static let forImages: HyperparameterSearch = {
    var search = HyperparameterSearch(epochFactors: [], learningRateFactors: [2], priorScales: [0.1, 1])
    search.effort = 0.25
    return search
  }()

  /// Precondition: factors and scales > 0, 0 < validationFraction < 1.
  public init(
    epochFactors: [Double] = [0.25], learningRateFactors: [Double] = [0.3], priorScales: [Double] = [0.3, 3],
    validationFraction: Double = 0.2
  ) {
    precondition((epochFactors + learningRateFactors + priorScales).allSatisfy { $0 > 0 }, "settings are above 0")
    precondition(validationFraction > 0 && validationFraction < 1, "a validation fraction of \(validationFraction)")
    self.epochFactors = epochFactors
    self.learningRateFactors = learningRateFactors
    self.priorScales = priorScales
    self.validationFraction = validationFraction
  }

  /// The settings that predict the validation rows best, in the sense of (1). A setting whose fit diverges is not chosen.
  ///
  /// - Parameter data: Training rows, with validation rows held out of them as its test rows.
  /// - Throws: `TrainingError` when the first settings fail, or the run is stopped.
  public func best(
    from description: FitDescription, on data: HeldOutData, control: RunControl
  ) throws(TrainingError) -> FitDescription {
    var best = description
    let defaults = try description.choices(rows: data.train.examples.count)
    (best.epochs, best.learningRate) = (defaults.epochs, defaults.learningRate)
    var highest = try logDensity(best, data, control)
    let stages: [[(inout FitDescription) -> Void]] = [
      epochFactors.map { factor in { $0.epochs = max(1, Int((Double(defaults.epochs) * factor).rounded())) } },
      learningRateFactors.map { factor in { $0.learningRate = defaults.learningRate * factor } },
      priorScales.map { scale in { $0.priorScale = scale } },
    ]
    for stage in stages {
      let base = best
      for change in stage {
        var candidate = base
        change(&candidate)
        guard let density = try finiteDensity(candidate, data, control), Self.isBetter(density, than: highest) else {
          continue
        }
        (highest, best) = (density, candidate)
      }
    }
    return best
  }

  /// (1), from the same rows.
  package static func isBetter(_ alternative: HeldOutLogDensity, than best: HeldOutLogDensity) -> Bool {
    let comparison = PredictiveComparison(alternative, best)
    return comparison.difference > comparison.standardError || comparison.difference == .infinity
  }

  private func finiteDensity(
    _ description: FitDescription, _ data: HeldOutData, _ control: RunControl
  ) throws(TrainingError) -> HeldOutLogDensity? {
    do {
      return try logDensity(description, data, control)
    } catch {
      if case .diverged = error { return nil }
      throw error
    }
  }

  /// Of the method, or of what stands in for it while its settings are chosen.
  private func logDensity(
    _ description: FitDescription, _ data: HeldOutData, _ control: RunControl
  ) throws(TrainingError) -> HeldOutLogDensity {
    var rehearsed = description
    rehearsed.method = description.method.rehearsal
    rehearsed.epochs = description.epochs.map { max(1, Int((Double($0) * effort).rounded())) }
    let model = try rehearsed.run(on: data.train, control: control)
    return data.logDensity(of: model.predict(data.inputs, threads: control.threads))
  }
}
