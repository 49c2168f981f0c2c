//  ExampleGradients.swift — derivatives example by example, in full: for small networks and few examples.
//
//  Equations  (1) gₙ = ∂ log p(yₙ | fₙ)/∂θ     (2) Jₙ = ∂fₙ/∂θ
//
//  Cost       memory N P for (1) and N O P for (2).

public import Arrays
public import Probability
import Programs

/// Derivatives of each example with respect to some slices of θ.
public struct ExampleGradients<Element: Scalar> {
  private let point: CurvaturePoint<Element>
  private let slices: [ParameterSlice]
  private let run: CurvatureRun

  /// - Parameter slices: The slices that are wanted; `nil` is all.
  public init(
    of point: CurvaturePoint<Element>, slices: [ParameterSlice]? = nil, run: CurvatureRun = CurvatureRun()
  ) {
    self.point = point
    self.slices = slices ?? point.slices
    self.run = run
  }

  private var width: Int { slices.reduce(0) { $0 + $1.shape.count } }

  /// Equation (1). Shape [N, P]. Throws: `CurvatureError` on a request to stop.
  public func logLikelihoodGradients() throws(CurvatureError) -> DenseArray<Element> {
    let rows = try rows { trace throws(CurvatureError) in try trace.columns(.empiricalFisher) }
    return rows.reshaped([point.count, width])
  }

  /// sᵀ Jₙ for each column s of the curvature in the outputs. Shape [N, K, P]. Throws: `CurvatureError` on a request to
  /// stop.
  package func curvatureRows(_ curvature: Curvature) throws(CurvatureError) -> DenseArray<Element> {
    try rows { trace throws(CurvatureError) in try trace.columns(curvature) }
  }

  /// Equation (2). Shape [N, O, P]. Throws: `CurvatureError` on a request to stop.
  public func jacobians() throws(CurvatureError) -> DenseArray<Element> { try rows { $0.identityColumns } }

  /// Shape [N, K, P].
  private func rows(
    _ columns: (NetworkTrace) throws(CurvatureError) -> [Tensor]
  ) throws(CurvatureError) -> DenseArray<Element> {
    let trace = NetworkTrace(point, rows: 1)
    let names = Set(slices.map(\.name))
    let hasPairs = trace.uses.uncovered.allSatisfy { !names.contains($0.name) }
    let count = try columns(trace).count
    let batch = hasPairs ? max(1, min(256, (1 << 21) / max(count * width, 1))) : 1
    let pass = try DataPass(point, rows: batch, run: run) { trace throws(CurvatureError) in
      [trace.exampleGradients(of: slices, columns: try columns(trace))]
    }
    let width = width
    var all = [Element](repeating: 0, count: point.count * count * width)
    try pass.forEachBatch { buffers, range in
      for (place, example) in range.enumerated() {
        for column in 0..<count {
          let from = (column * range.count + place) * width
          let to = (example * count + column) * width
          for index in 0..<width { all[to + index] = buffers[0][from + index] }
        }
      }
    }
    return DenseArray(all, shape: [point.count, count, width])
  }
}
