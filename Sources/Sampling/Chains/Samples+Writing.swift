//  Samples+Writing.swift — draws in a file that `credence diagnose` and Python read, under the names of the model.
//
//  Safetensors of 64-bit numbers: for each parameter and derived quantity [C, N, …]; what is recorded of each draw [C, N] and of each
//  chain [C, 1], see `DrawsRecords`. With a density also the unconstrained coordinates `x` and the gradient `gradient` of its logarithm there,
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
  /// - Throws: `DatasetError` if the file cannot be written, or where a parameter or derived quantity has a name that the file keeps for
  ///   something else, or that of another.
  public func write(
    to path: String, in space: ParameterSpace? = nil, gradientsOf density: LogDensity? = nil,
    deriving derived: ((ParameterValues) -> [String: Tensor])? = nil
  ) throws(DatasetError) {
    let draws = self.draws
    var arrays = space?.constrained(draws) ?? ["x": draws]
    let quantities = derived.flatMap { derived in space?.derived(from: draws, derived) } ?? [:]
    try Self.check(space?.parameters.map(\.name) ?? [], quantities.keys.sorted(), hasGradients: density != nil, path)
    arrays.merge(quantities) { $1 }
    let transitions = self.transitions
    arrays["log_density"] = logDensities
    for record in Kernel.drawRecords {
      arrays[record.name] = DenseArray(
        transitions.flatMap { $0.map(record.value) }, shape: [states.count, drawCount])
    }
    for record in Kernel.chainRecords {
      arrays[record.name] = DenseArray(states.map(record.value), shape: [states.count, 1])
    }
    if let density {
      arrays["x"] = draws
      arrays["gradient"] = gradients(of: density, at: draws)
    }
    try SafetensorsFile.write(arrays.mapValues { StoredArray($0) }, to: path)
  }

  /// Every array has a name of its own, or one would be written in the place of another.
  private static func check(
    _ parameters: [String], _ quantities: [String], hasGradients: Bool, _ path: String
  ) throws(DatasetError) {
    let kept = Kernel.recordNames.union(hasGradients ? ["x"] : [])
    // A derived log likelihood is what the file keeps these names for.
    let keptOfParameters = kept.union(["log_likelihood", "log_lik"])
    func refuse(_ name: String, _ what: String, _ problem: String) -> DatasetError {
      DatasetError(file: path, problem: "the \(what) \(name) \(problem)", advice: "give it another name")
    }
    for name in parameters where keptOfParameters.contains(name) {
      throw refuse(name, "parameter", "has a name that the file keeps for what chains record")
    }
    for name in quantities where kept.contains(name) {
      throw refuse(name, "derived quantity", "has a name that the file keeps for what chains record")
    }
    for name in quantities where parameters.contains(name) {
      throw refuse(name, "derived quantity", "has the name of a parameter")
    }
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
