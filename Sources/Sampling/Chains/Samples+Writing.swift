//  Samples+Writing.swift — draws in a file that `credence diagnose` and Python read, under the names of the model.
//
//  Safetensors of 64-bit numbers: for each parameter and derived quantity [C, N, …]; `log_density`, `energy`, `acceptance`, `diverging`,
//  `tree_depth`, `saturated`, `not_a_number` [C, N]. With a density also the unconstrained coordinates `x` and the gradient `gradient` of its logarithm there,
//  [C, N, D]: for the kernel Stein discrepancy.

import Arrays
public import Datasets
public import Probability
public import Programs

extension Samples {
  /// Writes the draws.
  ///
  /// - Parameters:
  ///   - space: The parameters of the model; coordinates are written as `x` where it is `nil`.
  ///   - density: The density that was sampled, for gradients at the draws.
  ///   - derived: From the parameters to quantities by their names, which differ from all others: `log_likelihood` of observations,
  ///     shape [observations], is what model comparison needs.
  ///
  /// - Throws: `DatasetError` if the file cannot be written.
  public func write(
    to path: String, in space: ParameterSpace? = nil, gradientsOf density: LogDensity? = nil,
    deriving derived: ((ParameterValues) -> [String: Tensor])? = nil
  ) throws(DatasetError) {
    let draws = self.draws
    var arrays = space?.constrained(draws) ?? ["x": draws]
    if let space, let derived { arrays.merge(space.derived(from: draws, derived)) { $1 } }
    let records = transitions
    func record(_ value: (Transition) -> Double) -> DenseArray<Double> {
      DenseArray(records.flatMap { $0.map(value) }, shape: [states.count, drawCount])
    }
    arrays["log_density"] = logDensities
    arrays["energy"] = record(\.energy)
    arrays["acceptance"] = record(\.acceptance)
    arrays["diverging"] = record { $0.isDivergent ? 1 : 0 }
    arrays["tree_depth"] = record { Double($0.treeDepth) }
    arrays["saturated"] = record { $0.isSaturated ? 1 : 0 }
    arrays["not_a_number"] = record { Double($0.notANumber) }
    if let density {
      arrays["x"] = draws
      arrays["gradient"] = gradients(of: density, at: draws)
    }
    try SafetensorsFile.write(arrays.mapValues { StoredArray($0) }, to: path)
  }

  /// ∇ log p at each draw. Shape [C, N, D].
  private func gradients(of density: LogDensity, at draws: DenseArray<Double>) -> DenseArray<Double> {
    let function = DensityFunction(CompiledDensity(density))
    var gradients: [Double] = []
    gradients.reserveCapacity(draws.count)
    for row in 0..<draws.count / dimension {
      gradients += ChainPoint(Array(draws.elements[row * dimension..<(row + 1) * dimension]), function).gradient
    }
    return DenseArray(gradients, shape: draws.shape)
  }
}
