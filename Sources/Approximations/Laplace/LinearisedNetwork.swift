//  LinearisedNetwork.swift — the network as a linear function of θ around the mode, with normal weights.
//
//  Equation   f(x, θ) ≈ f(x, θ*) + J (θ − θ*),  so that  f(x) ~ N(f(x, θ*), J Λ⁻¹ Jᵀ)                  [Immer 2021]

package import Arrays
import Curvatures
package import Networks
import Probability
import Programs

/// The distribution of the outputs at some inputs.
package struct LinearisedOutputs: Sendable {
  /// Shape [N, O].
  package let means: DenseArray<Double>
  /// Shape [N, O, O].
  package let covariances: DenseArray<Double>

  package init(means: DenseArray<Double>, covariances: DenseArray<Double>) {
    self.means = means
    self.covariances = covariances
  }
}

extension WeightPosterior {
  /// The distribution of the linearised network's outputs.
  ///
  /// - Parameters:
  ///   - mode: θ*. Shape [P].
  ///   - inputs: Shape [N, …].
  package func outputs(
    of model: BayesianModel, at mode: DenseArray<Element>, state: DenseArray<Element>, inputs: DenseArray<Element>,
    pool: WorkerPool?
  ) -> LinearisedOutputs {
    let count = inputs.shape[0]
    let width = model.network.outputShape[0]
    let targets = DenseArray<Element>(repeating: 0, shape: [count])
    let point = CurvaturePoint(model, parameters: mode, state: state, inputs: inputs, targets: targets)
    let trace = NetworkTrace(point, rows: 1)
    let names = Set(slices.map(\.name))
    let hasPairs = trace.uses.uncovered.allSatisfy { !names.contains($0.name) }
    let rows = hasPairs ? max(1, min(1024, (1 << 20) / max(exampleSize(trace), 1))) : 1
    var means = [Double](repeating: 0, count: count * width)
    var covariances = [Double](repeating: 0, count: count * width * width)
    do {
      let pass = try DataPass(point, rows: rows, run: CurvatureRun(pool: pool), extra: arrays) { trace in
        [trace.outputs, covariance(trace)]
      }
      try pass.forEachBatch { buffers, range in
        widen(buffers[0], into: &means, at: range.lowerBound * width)
        widen(buffers[1], into: &covariances, at: range.lowerBound * width * width)
      }
    } catch {
      preconditionFailure("a pass that nothing stops: \(error)")
    }
    return LinearisedOutputs(
      means: DenseArray(means, shape: [count, width]),
      covariances: DenseArray(covariances, shape: [count, width, width]))
  }
}

/// Copies numbers of either type. Loops over concrete types are an order of magnitude faster than generic ones.
private func widen<Element: Scalar>(
  _ buffer: UnsafeMutableBufferPointer<Element>, into array: inout [Double], at start: Int
) {
  let raw = UnsafeRawBufferPointer(buffer)
  if Element.self == Float.self {
    for (place, value) in raw.bindMemory(to: Float.self).enumerated() { array[start + place] = Double(value) }
  } else {
    for (place, value) in raw.bindMemory(to: Double.self).enumerated() { array[start + place] = value }
  }
}
