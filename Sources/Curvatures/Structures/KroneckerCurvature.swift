//  KroneckerCurvature.swift — a block for each slice of θ, each a Kronecker product of two small matrices.
//
//  Notation   N  examples     T  positions at which a layer is used for one example     a  its inputs, [I]
//             D  cotangents at its outputs, one for each column of the square root of Λ, [K, O]
//
//  Equations  (1) A = 1/(N T) Σₙₜ aₙₜ aₙₜᵀ                  [I, I]
//             (2) B = Σₙₜ Dₙₜᵀ Dₙₜ                          [O, O]
//             (3) weight [O, I] row by row:  B ⊗ A         [Martens and Grosse 2015]; for convolutions [Grosse and Martens 2016]
//             (4) bias:  B
//             (5) other elementwise parameters:  Σₙ gₙᵀ gₙ, exact, gₙ the sum over the positions
//
//  Positions of a convolution count as independent examples (the expand setting [Eschenhagen 2023]). Exact for one example, and for
//  the last layer of one output.
//
//  Cost       K backward passes, and N T I² + K N T O² multiply-adds a layer; memory I² + O². No array of outputs × parameters is
//             ever formed.

public import Arrays
package import Networks
public import Probability
import Programs

/// The Kronecker factors of a curvature.
public struct KroneckerCurvature<Element: Scalar>: Sendable {
  /// One slice of θ.
  public struct Block: Hashable, Sendable {
    public let slice: ParameterSlice
    /// The place of B in `factors`.
    public let outputFactor: Int
    /// The place of A in `factors`; `nil` when B alone is the block.
    public let inputFactor: Int?
  }

  /// Symmetric matrices; a bias shares B with its weight.
  public let factors: [DenseArray<Element>]
  /// In the order of θ.
  public let blocks: [Block]

  package init(factors: [DenseArray<Element>], blocks: [Block]) {
    self.factors = factors
    self.blocks = blocks
  }

  /// Streams the factors over the data.
  ///
  /// - Parameter slices: The slices that are wanted; `nil` is all.
  /// - Throws: `CurvatureError` when a slice has no Kronecker factors, or on a request to stop.
  public init(
    _ curvature: Curvature = .gaussNewton, at point: CurvaturePoint<Element>, slices: [ParameterSlice]? = nil,
    run: CurvatureRun = CurvatureRun()
  ) throws(CurvatureError) {
    let slices = slices ?? point.slices
    let plan = try KroneckerPlan(curvature, point, slices)
    let pass = try DataPass(point, rows: plan.batch, run: run) { trace throws(CurvatureError) in
      try KroneckerPlan.sources(curvature, trace, slices).rows
    }
    let moments = SecondMoments<Element>(widths: plan.widths, pool: run.pool)
    try pass.forEachBatch { buffers, _ in moments.add(buffers) }
    factors = plan.widths.indices.map { index in
      let positions = plan.inputPositions[index].map { 1 / Double(max(point.count, 1) * $0) }
      return moments.total(index, times: positions ?? 1)  // (1)
    }
    guard factors.allSatisfy(\.isFinite) else { throw .notFinite("the curvature") }
    blocks = plan.blocks.map { Block(slice: $0.slice, outputFactor: $0.outputFactor, inputFactor: $0.inputFactor) }
  }
}

extension KroneckerCurvature.Block {
  /// The block of a curvature in another element type.
  package init<Other: Scalar>(_ other: KroneckerCurvature<Other>.Block) {
    self.init(slice: other.slice, outputFactor: other.outputFactor, inputFactor: other.inputFactor)
  }
}

extension KroneckerCurvature {
  /// The eigendecompositions of the factors, side by side.
  public func eigendecompositions(threads: Int) -> [SymmetricEigen<Element>] {
    SymmetricEigen.all(factors, threads: threads)
  }

  /// The blocks of a network and the sizes of their factors, without any work.
  ///
  /// Throws: `CurvatureError` when a slice has no Kronecker factors.
  package static func structure(
    of model: BayesianModel, slices: [ParameterSlice]
  ) throws(CurvatureError) -> (blocks: [Block], widths: [Int]) {
    let targets: Shape = model.targetCount > 1 ? [1, model.targetCount] : [1]
    let point = CurvaturePoint<Element>(
      model, parameters: DenseArray(repeating: 0, shape: [model.parameterCount]),
      inputs: DenseArray(repeating: 0, shape: Shape([1] + model.network.inputShape.extents)),
      targets: DenseArray(repeating: 0, shape: targets))
    let plan = try KroneckerPlan(.gaussNewton, point, slices)
    return (
      plan.blocks.map { Block(slice: $0.slice, outputFactor: $0.outputFactor, inputFactor: $0.inputFactor) },
      plan.widths
    )
  }

  /// Throws what `init` would, without any work.
  package static func check(
    _ curvature: Curvature, at point: CurvaturePoint<Element>, slices: [ParameterSlice]
  ) throws(CurvatureError) {
    _ = try KroneckerPlan(curvature, point, slices)
  }
}

/// What of a trace goes into which factor.
private struct KroneckerPlan {
  let blocks: [Block]
  let widths: [Int]
  /// T for the factors (1); `nil` for the others.
  let inputPositions: [Int?]
  /// Examples of a batch: many, since weights are packed once a batch, and yet the rows of a factor stay in cache.
  let batch: Int

  typealias Block = (slice: ParameterSlice, outputFactor: Int, inputFactor: Int?)
  struct Sources {
    var rows: [Tensor] = []
    var inputPositions: [Int?] = []
    var blocks: [Block] = []
  }

  init(
    _ curvature: Curvature, _ point: CurvaturePoint<some Scalar>, _ slices: [ParameterSlice]
  ) throws(CurvatureError) {
    guard curvature != .hessian else {
      throw .unsupported(
        "the exact Hessian has no Kronecker factors; take the Gauss–Newton matrix, or the dense Hessian")
    }
    let trace = NetworkTrace(point, rows: 1)
    let sources = try Self.sources(curvature, trace, slices)
    blocks = sources.blocks
    widths = sources.rows.map { $0.shape[1] }
    inputPositions = sources.inputPositions
    let largest = sources.rows.map(\.shape.count).max() ?? 1
    batch = max(1, min(1024, (1 << 21) / max(largest, 1)))
  }

  static func sources(
    _ curvature: Curvature, _ trace: NetworkTrace, _ slices: [ParameterSlice]
  ) throws(CurvatureError) -> Sources {
    let columns = try trace.columns(curvature)
    let uses = try slices.map { slice throws(CurvatureError) in try use(of: slice, trace) }
    let cotangents = trace.pullback(of: columns, to: uses)
    var sources = Sources()
    var known: [ObjectIdentifier: Int] = [:]
    for (index, use) in uses.enumerated() {
      let isExpanded = use.isProduct || use.slice.role == .bias
      var outputFactor = isExpanded ? known[cotangents[index].identity] : nil
      if outputFactor == nil {
        outputFactor = sources.rows.count
        if isExpanded { known[cotangents[index].identity] = sources.rows.count }
        sources.inputPositions.append(nil)
        let rows = use.rows(cotangents[index])
        sources.rows.append(
          isExpanded
            ? rows.reshaped([rows.shape.count / max(use.outputs, 1), use.outputs])  // (2)
            : concatenate(columns.indices.map { use.exampleGradients(rows.entry($0)) }, axis: 0))  // (5)
      }
      var inputFactor: Int?
      if case .product(let inputs) = use.kind {
        inputFactor = sources.rows.count
        sources.inputPositions.append(inputs.shape[1])
        sources.rows.append(inputs.reshaped([inputs.shape[0] * inputs.shape[1], inputs.shape[2]]))  // (1)
      }
      if let outputFactor { sources.blocks.append((use.slice, outputFactor, inputFactor)) }
    }
    return sources
  }

  private static func use(of slice: ParameterSlice, _ trace: NetworkTrace) throws(CurvatureError) -> ParameterUse {
    let uses = trace.uses.uses.filter { $0.slice.name == slice.name }
    guard !trace.uses.uncovered.contains(where: { $0.name == slice.name }), let use = uses.first else {
      throw .unsupported(
        "the parameter \(slice.name) enters the network in a way that has no Kronecker factors; take the diagonal or "
          + "the last layer")
    }
    guard uses.count == 1 else {
      throw .unsupported(
        "the parameter \(slice.name) is used \(uses.count) times, and Kronecker factors are of one use; take the diagonal "
          + "or the last layer")
    }
    return use
  }
}
