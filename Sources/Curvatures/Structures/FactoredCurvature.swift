//  FactoredCurvature.swift — a curvature of low rank, F ≈ Rᵀ R with few rows in R.
//
//  Notation   R  [r, P]     Ω  [r + p, P] random, p = 8 more rows than asked for     N  examples     M  of them chosen
//
//  Equations  (1) the largest eigenpairs, by subspace iteration: Q ← orth(F Q) from Q = orth(F Ω), then the
//                 eigenpairs (μ, u) of Q F Qᵀ;  R = √μ (u Q)                                            [Halko 2011]
//             (2) M examples for all: R the rows √(N/M) sₖᵀ Jₙ,  Λ = Σₖ sₖ sₖᵀ. Exact for M = N
//
//  Accuracy   F times a vector is off by the rounding of the largest μ, and so is every μ of (1): smaller ones are left out. In
//             `Float` these are the ones below 2·10⁻⁶ of the largest, in `Double` 4·10⁻¹⁵. The rows of (2) have the rounding of their
//             own elements only, and their small singular values are good to it.
//
//  Cost       memory r P. (1) takes 3 (r + p) products with F; (2) M examples and M K rows.

public import Arrays
public import Probability
import Programs

/// The rows of a square root of a curvature.
public struct FactoredCurvature<Element: Scalar>: Sendable {
  public let slices: [ParameterSlice]
  /// R. Shape [r, P].
  public let rows: DenseArray<Element>

  /// Extra directions of the subspace, and how often it is multiplied by F after the first time.
  private static var oversampling: Int { 8 }
  private static var iterations: Int { 2 }

  /// Equation (1). Precondition: rank ≥ 1. Throws: `CurvatureError` on a request to stop.
  public init(
    rank: Int, of curvature: Curvature = .gaussNewton, at point: CurvaturePoint<Element>, seed: UInt64 = 0,
    run: CurvatureRun = CurvatureRun()
  ) throws(CurvatureError) {
    precondition(rank >= 1, "a curvature of rank \(rank)")
    slices = point.slices
    let total = point.parameters.count
    let width = slices.reduce(0) { $0 + $1.shape.count }
    let count = min(rank + Self.oversampling, width)
    let product = try CurvatureProduct(curvature, at: point, run: run)
    func images(_ rows: DenseArray<Element>) throws(CurvatureError) -> DenseArray<Element> {
      var all: [Element] = []
      for row in 0..<count {
        // The likelihood's parameters lie behind those of the network.
        let own = Array(rows.elements[row * width..<(row + 1) * width])
        let padded = own + [Element](repeating: 0, count: total - width)
        all += try product(DenseArray(padded)).elements[..<width]
      }
      return DenseArray(all, shape: [count, width])
    }
    func finite(_ rows: DenseArray<Element>) throws(CurvatureError) -> DenseArray<Element> {
      guard rows.isFinite else { throw .notFinite("the curvature") }
      return rows
    }
    var random = Philox(seed: seed, stream: 0)
    var basis = orthonormalRows(try finite(try images(random.normal(shape: [count, width]))))
    for _ in 0..<Self.iterations - 1 { basis = orthonormalRows(try finite(try images(basis))) }
    let small = Program(inputs: [basis.shape, basis.shape]) { t in
      let inner = matmul(t[0], t[1], transposeRight: true)
      return [0.5 * (inner + inner.transposed)]
    }.run([basis, try finite(try images(basis))])[0]
    let eigen = SymmetricEigen(small)
    let kept = min(rank, count)
    let least = (eigen.values.elements.last ?? 0) * 16 * Element.ulpOfOne
    let roots = DenseArray(
      eigen.values.elements.suffix(kept).map { $0 > least ? $0.squareRoot() : 0 }, shape: [kept, 1])
    let vectors = eigen.vectors.rows(count - kept..<count)
    rows =
      Program(inputs: [roots.shape, vectors.shape, basis.shape]) { t in [t[0] * matmul(t[1], t[2])] }
      .run([roots, vectors, basis])[0]
    guard rows.isFinite else { throw .notFinite("the curvature") }
  }

  /// Equation (2), with examples spread evenly over the data. Precondition: 1 ≤ examples ≤ N.
  /// Throws: `CurvatureError` on a request to stop.
  public init(
    examples count: Int, of curvature: Curvature = .gaussNewton, at point: CurvaturePoint<Element>,
    run: CurvatureRun = CurvatureRun()
  ) throws(CurvatureError) {
    precondition(count >= 1 && count <= point.count, "\(count) of \(point.count) examples")
    slices = point.slices
    let chosen = (0..<count).map { $0 * point.count / count }
    let subset = CurvaturePoint(
      point.model, parameters: point.parameters, state: point.state, inputs: point.inputs.rows(at: chosen),
      targets: point.targets.rows(at: chosen), seed: point.seed)
    let gradients = try ExampleGradients(of: subset, run: run).curvatureRows(curvature)
    let factor = Element((Double(point.count) / Double(count)).squareRoot())
    let scaled = factor == 1 ? gradients : DenseArray(gradients.elements.map { factor * $0 }, shape: gradients.shape)
    rows = scaled.reshaped([gradients.shape[0] * gradients.shape[1], gradients.shape[2]])
    guard rows.isFinite else { throw .notFinite("the curvature") }
  }
}
