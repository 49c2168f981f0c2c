//  DenseCurvature.swift — a curvature as one symmetric matrix, for small networks and for parts of large ones.
//
//  Equations  (1) Σₙₖ gₙₖ gₙₖᵀ,  gₙₖ the gradient of example n for column k of the square root of Λ
//             (2) H eᵢ = ∇⟨∇L, eᵢ⟩,  one column of the Hessian of L = −log p(D | θ)
//
//  Cost       memory P² and time N K P² for (1), P gradients of a gradient for (2). Above some thousands of parameters take
//             `KroneckerCurvature`.

public import Arrays
public import Probability
import Programs

/// A curvature over some parameters, in full.
public struct DenseCurvature<Element: Scalar>: Sendable {
  /// The places in θ of the rows and columns.
  public let indices: [Int]
  /// Shape [indices.count, indices.count], symmetric.
  public let matrix: DenseArray<Element>

  package init(indices: [Int], matrix: DenseArray<Element>) {
    self.indices = indices
    self.matrix = matrix
  }

  /// Streams the matrix over the data.
  ///
  /// - Parameters:
  ///   - slices: The slices that are wanted; `nil` is all.
  ///   - indices: The elements of θ that are wanted, within the slices; `nil` is all of them.
  /// - Throws: `CurvatureError` on a request to stop.
  public init(
    _ curvature: Curvature = .gaussNewton, at point: CurvaturePoint<Element>, slices: [ParameterSlice]? = nil,
    indices: [Int]? = nil, run: CurvatureRun = CurvatureRun()
  ) throws(CurvatureError) {
    let slices = slices ?? point.slices
    let all = slices.flatMap { Array($0.range) }
    let wanted = indices ?? all
    self.indices = wanted
    if curvature == .hessian {
      matrix = try Self.hessian(point, wanted, run)
    } else {
      // Columns of the rows that a batch gives.
      let places = indices.map { indices in
        let place = Dictionary(uniqueKeysWithValues: all.enumerated().map { ($0.element, $0.offset) })
        return indices.map { index in
          guard let column = place[index] else {
            preconditionFailure("the parameter \(index) is in none of the slices \(slices.map(\.name))")
          }
          return column
        }
      }
      matrix = try Self.outerProducts(curvature, point, slices, width: all.count, places, run)
    }
    guard matrix.isFinite else { throw .notFinite("the curvature") }
  }

  private static func outerProducts(
    _ curvature: Curvature, _ point: CurvaturePoint<Element>, _ slices: [ParameterSlice], width: Int, _ places: [Int]?,
    _ run: CurvatureRun
  ) throws(CurvatureError) -> DenseArray<Element> {
    let trace = NetworkTrace(point, rows: 1)
    let names = Set(slices.map(\.name))
    let hasPairs = trace.uses.uncovered.allSatisfy { !names.contains($0.name) }
    let columns = try trace.columns(curvature).count
    let batch = hasPairs ? max(1, min(256, (1 << 21) / max(columns * width, 1))) : 1
    let pass = try DataPass(point, rows: batch, run: run) { trace throws(CurvatureError) in
      [trace.exampleGradients(of: slices, columns: try trace.columns(curvature))]
    }
    let kept = places?.count ?? width
    let moments = SecondMoments<Element>(widths: [kept], pool: run.pool)
    let selected = UnsafeMutableBufferPointer<Element>.allocate(capacity: places == nil ? 0 : batch * columns * kept)
    selected.initialize(repeating: 0)
    defer { selected.deallocate() }
    try pass.forEachBatch { buffers, _ in
      guard let places else { return moments.add(buffers) }
      let rows = buffers[0].count / max(width, 1)
      for row in 0..<rows {
        for (column, place) in places.enumerated() { selected[row * kept + column] = buffers[0][row * width + place] }
      }
      moments.add([UnsafeMutableBufferPointer(rebasing: selected[..<(rows * kept)])])
    }
    return moments.total(0, times: 1)
  }

  private static func hessian(
    _ point: CurvaturePoint<Element>, _ indices: [Int], _ run: CurvatureRun
  ) throws(CurvatureError) -> DenseArray<Element> {
    let product = try CurvatureProduct(.hessian, at: point, run: run)
    let count = indices.count
    var columns = [Element](repeating: 0, count: count * count)
    var unit = DenseArray<Element>(repeating: 0, shape: point.parameters.shape)
    for (column, index) in indices.enumerated() {
      unit[index] = 1
      let image = try product(unit)
      unit[index] = 0
      for (row, place) in indices.enumerated() { columns[row * count + column] = image.elements[place] }
    }
    // The two triangles differ by rounding.
    for row in 0..<count {
      for column in 0..<row {
        let mean = (columns[row * count + column] + columns[column * count + row]) / 2
        columns[row * count + column] = mean
        columns[column * count + row] = mean
      }
    }
    return DenseArray(columns, shape: [count, count])
  }
}
