//  LinearStudy.swift — the rows and the features of linear models: of several degrees, or of one last layer.

import Credence
import Foundation

struct LinearStudy {
  /// The features of one model.
  struct Candidate {
    /// What tells it from the others: powers, frequencies, bells or units.
    let degree: Int
    let functions: BasisFunctions
  }

  let table: Table
  let encoding: TabularEncoding
  /// Shape [N, D].
  let inputs: DenseArray<Double>
  let targets: [Double]
  let candidates: [Candidate]
  let basis: BasisOptions

  /// Greatest power of ten of a feature: squares and sums of them stay within the range of numbers.
  private static let mostDigits = 100.0

  /// Throws: `DatasetError`.
  init(
    contentsOf file: String, target: String, _ basis: BasisOptions, missing: MissingCells, separator: Character?
  ) throws(DatasetError) {
    self.basis = basis
    if let model = basis.model {
      let layer = try LastLayer(ofModelAt: model, target: target)
      table = try layer.table(contentsOf: file, separator: separator)
      encoding = layer.encoding
      inputs = try encoding.inputs(of: table)
      candidates = [Candidate(degree: layer.units, functions: layer.functions)]
    } else {
      table = try Table(contentsOf: file, separator: separator, missing: missing)
      encoding = try TabularEncoding(fitting: table, target: target, task: .regression, missing: missing)
      let inputs: DenseArray<Double> = try encoding.inputs(of: table)
      self.inputs = inputs
      candidates = basis.degrees(for: inputs).map { degree in
        Candidate(degree: degree, functions: basis.functions(degree: degree, inputs: inputs))
      }
      let largest = inputs.elements.reduce(1) { max($0, abs($1)) }
      if basis.basis == .polynomial,
        let degree = basis.chosenDegrees.degrees.first(where: { Double($0) * log10(largest) > Self.mostDigits })
      {
        throw DatasetError(
          file: file, problem: "its powers of degree \(degree) leave the range of numbers",
          advice: "take lower degrees, or another basis")
      }
    }
    let targets: DenseArray<Double> = try encoding.regressionTargets(of: table)
    self.targets = targets.elements
  }

  var comparison: LinearComparison { LinearComparison(candidates, basis, inputs: inputs, targets: targets) }

  /// The unit of the target.
  var scale: Standardisation { encoding.target.standardisation ?? Standardisation(mean: 0, scale: 1) }
}
