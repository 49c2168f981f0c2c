//  DensePosterior.swift — a normal distribution with a full covariance over chosen elements of θ.
//
//  The equations are those of `DenseSpectrum`.

package import Arrays
package import Curvatures
package import Probability
package import Programs

/// N(θ*, (L Lᵀ)⁻¹).
package struct DensePosterior: WeightPosterior {
  package let slices: [ParameterSlice]
  package let indices: [Int]
  let factor: PrecisionFactor

  private var places: [Int] {
    var starts: [Int] = []
    var start = 0
    for slice in slices {
      starts.append(start)
      start += slice.shape.count
    }
    return indices.map { index in
      let owner = slices.firstIndex { $0.range.contains(index) } ?? 0
      return starts[owner] + index - slices[owner].offset
    }
  }

  /// L, and the places of its rows among the elements of the slices.
  package var arrays: [DenseArray<Double>] { [factor.lower, DenseArray(places.map { Double($0) })] }

  private var width: Int { slices.reduce(0) { $0 + $1.shape.count } }

  package func covariance(_ trace: NetworkTrace) -> Tensor {
    let rows = trace.exampleGradients(of: slices, columns: trace.identityColumns)
    let jacobian =
      indices.count == width ? rows.transposed : rows.transposed.gatherRows(at: trace.extra[1])
    let whitened = trace.extra[0].triangularSolve(jacobian).transposed  // (2)
    return Approximations.covariance(ofWhitened: whitened, outputs: trace.outputs.shape[1])
  }

  package func exampleSize(_ trace: NetworkTrace) -> Int { trace.outputs.shape[1] * width }

  package func variances() -> [Double] {
    var all = [Double](repeating: 0, count: width)
    for (place, variance) in zip(places, factor.inverseDiagonal) { all[place] = variance }
    return all
  }

  package func deviation(using generator: inout Philox) -> [Double] {
    let moves = factor.solveTransposed(generator.normal(shape: [indices.count]))  // (3)
    var all = [Double](repeating: 0, count: width)
    for (place, move) in zip(places, moves.elements) { all[place] = move }
    return all
  }
}
