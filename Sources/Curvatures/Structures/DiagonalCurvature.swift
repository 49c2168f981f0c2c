//  DiagonalCurvature.swift — the diagonal of a curvature.
//
//  Notation   D  cotangents at a layer's outputs, [K, N, T, O]     a  its inputs, [N, T, I]
//
//  Equations  (1) diag = Σₙₖ gₙₖ²,  gₙₖ the gradient of example n for column k of the square root of Λ
//             (2) a product at one position:  gₙₖ² = D²ₙₖ ⊗ a²ₙ,  so that  diag = (Σₖ D²ₖ)ᵀ a²,  one small product a layer
//             (3) of the Hessian:  diagᵢ = eᵢᵀ H eᵢ, one product with H for each parameter
//
//  Cost       K backward passes and (2); with several positions gₙₖ is formed for a batch of examples. A parameter
//             without pairs is differentiated one example at a time. (3) takes P passes, and memory P as well.

public import Arrays
import CKernels
public import Probability
import Programs

/// The diagonal of a curvature over some slices of θ.
public struct DiagonalCurvature<Element: Scalar>: Sendable {
  public let slices: [ParameterSlice]
  /// One number for each element of the slices, in order.
  public let values: DenseArray<Element>

  package init(slices: [ParameterSlice], values: DenseArray<Element>) {
    self.slices = slices
    self.values = values
  }

  /// Streams the diagonal over the data.
  ///
  /// - Parameter slices: The slices that are wanted; `nil` is all.
  /// - Throws: `CurvatureError` on a request to stop.
  public init(
    _ curvature: Curvature = .gaussNewton, at point: CurvaturePoint<Element>, slices: [ParameterSlice]? = nil,
    run: CurvatureRun = CurvatureRun()
  ) throws(CurvatureError) {
    let slices = slices ?? point.slices
    if curvature == .hessian {
      self.init(slices: slices, values: try Self.hessian(point, slices, run))
      return
    }
    let pass = try DataPass(point, rows: try Self.batch(curvature, point, slices), run: run) {
      trace throws(CurvatureError) in [try Self.diagonal(trace, try trace.columns(curvature), slices)]
    }
    var sum = DenseArray<Element>(repeating: 0, shape: [slices.reduce(0) { $0 + $1.shape.count }])
    try pass.forEachBatch { buffers, _ in
      sum.withUnsafeMutableElements { sum in
        guard let sum = sum.baseAddress, let term = buffers[0].baseAddress else { return }
        Kernels<Element>.binary(CREDENCE_ADD, sum, term, sum, count: buffers[0].count)
      }
    }
    guard sum.isFinite else { throw .notFinite("the curvature") }
    self.init(slices: slices, values: sum)
  }

  /// Equation (3). Shape [Σ slice counts].
  private static func hessian(
    _ point: CurvaturePoint<Element>, _ slices: [ParameterSlice], _ run: CurvatureRun
  ) throws(CurvatureError) -> DenseArray<Element> {
    let product = try CurvatureProduct(.hessian, at: point, run: run)
    var unit = DenseArray<Element>(repeating: 0, shape: point.parameters.shape)
    var values: [Element] = []
    for index in slices.flatMap({ Array($0.range) }) {
      unit[index] = 1
      values.append(try product(unit).elements[index])
      unit[index] = 0
    }
    let diagonal = DenseArray(values)
    guard diagonal.isFinite else { throw .notFinite("the curvature") }
    return diagonal
  }

  /// Equation (1) of one batch. Shape [Σ slice counts].
  private static func diagonal(
    _ trace: NetworkTrace, _ columns: [Tensor], _ slices: [ParameterSlice]
  ) throws(CurvatureError) -> Tensor {
    let names = Set(slices.map(\.name))
    guard trace.uses.uncovered.allSatisfy({ !names.contains($0.name) }) else {
      return trace.exampleGradients(of: slices, columns: columns).squared.sum(axes: [0])
    }
    let uses = trace.uses.uses.filter { names.contains($0.slice.name) }
    let cotangents = trace.cotangents(of: uses, columns: columns)
    var squares: [ObjectIdentifier: Tensor] = [:]

    /// Σₖ Dₖ² at one position. Shape [N, O]. A bias shares it with its weight.
    func sumOfSquares(_ index: Int) -> Tensor {
      let use = uses[index]
      if let known = squares[use.node.identity] { return known }
      let terms = columns.indices.map { column in
        cotangents[index].entry(column).reshaped([trace.examples, use.outputs]).squared
      }
      let sum = terms.dropFirst().reduce(terms[0], +)
      squares[use.node.identity] = sum
      return sum
    }

    return concatenate(
      slices.map { slice in
        let own = uses.indices.filter { uses[$0].slice.name == slice.name }
        if own.count == 1, uses[own[0]].positions == 1 {
          switch uses[own[0]].kind {
          case .product(let inputs):
            let inputs = inputs.reshaped([trace.examples, inputs.shape[2]])
            return matmul(sumOfSquares(own[0]), inputs.squared, transposeLeft: true)  // (2)
              .reshaped([slice.shape.count])
          case .elementwise(let factor):
            let sum = sumOfSquares(own[0]).sum(axes: [0])
            return (factor.map { sum * $0.squared } ?? sum).reshaped([slice.shape.count])
          }
        }
        let terms = columns.indices.map { column in
          let gradients = own.map { uses[$0].exampleGradients(cotangents[$0].entry(column)) }
          return gradients.dropFirst().reduce(gradients[0], +).squared.sum(axes: [0])
        }
        return terms.dropFirst().reduce(terms[0], +)
      }, axis: 0)
  }

  /// Examples of a batch: one where a parameter has no pairs, otherwise as many as keep intermediates small.
  private static func batch(
    _ curvature: Curvature, _ point: CurvaturePoint<Element>, _ slices: [ParameterSlice]
  ) throws(CurvatureError) -> Int {
    let trace = NetworkTrace(point, rows: 1)
    let names = Set(slices.map(\.name))
    guard trace.uses.uncovered.allSatisfy({ !names.contains($0.name) }) else { return 1 }
    let columns = try trace.columns(curvature).count
    let uses = trace.uses.uses.filter { names.contains($0.slice.name) }
    let sizes = uses.map { use in
      switch use.kind {
      case .product where use.positions > 1: use.slice.shape.count + columns * use.positions * use.outputs
      default: columns * use.positions * use.outputs
      }
    }
    return max(1, min(512, (1 << 22) / max(sizes.max() ?? 1, 1)))
  }
}
