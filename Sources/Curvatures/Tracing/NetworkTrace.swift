//  NetworkTrace.swift — a model traced for one batch: outputs, uses of parameters, cotangents.

package import Arrays
package import Networks
package import Probability
package import Programs

/// The tensors of one batch.
package struct NetworkTrace {
  /// θ, with the likelihood's parameters. Shape [P].
  package let parameters: Tensor
  /// Shape [N, …].
  package let inputs: Tensor
  /// Shape [N], or [N, D].
  package let targets: Tensor
  /// f. Shape [N, O].
  package let outputs: Tensor
  package let model: BayesianModel
  package let uses: ParameterUses
  /// What the caller's program has as inputs beside those of the model.
  package let extra: [Tensor]

  init(_ model: BayesianModel, _ tensors: [Tensor]) {
    parameters = tensors[0]
    inputs = tensors[2]
    targets = tensors[3]
    extra = Array(tensors[4...])
    self.model = model
    outputs = model.outputs(tensors[0], tensors[2], state: tensors[1]).outputs
    uses = ParameterUses(of: outputs, parameters: tensors[0], inputs: tensors[2], layout: model.layout)
  }

  /// A trace that is not run: for shapes, and for what the model supports.
  package init(_ point: CurvaturePoint<some Scalar>, rows: Int) {
    let inputs = Shape([rows] + point.inputs.shape.extents.dropFirst())
    let targets = Shape([rows] + point.targets.shape.extents.dropFirst())
    let shapes = [point.parameters.shape, point.state.shape, inputs, targets]
    self.init(point.model, shapes.enumerated().map { Tensor.input($0.offset, shape: $0.element) })
  }

  /// N.
  package var examples: Int { inputs.shape[0] }

  /// K columns of shape [N, O]: see `OutputCurvature`.
  package func columns(_ curvature: Curvature) throws(CurvatureError) -> [Tensor] {
    try model.likelihood.curvatureColumns(
      curvature, outputs: outputs, targets: targets, logNoise: model.logNoise(parameters))
  }

  /// The columns of the identity: their pullbacks are the rows of the Jacobian.
  package var identityColumns: [Tensor] {
    (0..<outputs.shape[1]).map { .iota(shape: outputs.shape, axis: 1) .== Double($0) }
  }

  /// For each use, its cotangents for K columns, as [K, N, T, O].
  package func cotangents(of uses: [ParameterUse], columns: [Tensor]) -> [Tensor] {
    zip(uses, pullback(of: columns, to: uses)).map { $0.rows($1) }
  }

  /// For each use, the cotangents of its node for K columns: K, and then the shape of the node. Uses whose nodes have the same
  /// cotangents, as those of a weight and its bias, get one tensor.
  package func pullback(of columns: [Tensor], to uses: [ParameterUse]) -> [Tensor] {
    let stacked = concatenate(columns.map { $0.reshaped([1, examples, outputs.shape[1]]) }, axis: 0)
    return stackedPullback(of: outputs, cotangents: stacked, to: uses.map(\.node))
  }

  /// columnᵀ ∂f/∂θ of each example, over some slices. Shape [K · N, Σ slice counts], the examples of a column together.
  ///
  /// Precondition: every slice has pairs, or else N = 1.
  package func exampleGradients(of slices: [ParameterSlice], columns: [Tensor]) -> Tensor {
    let width = slices.reduce(0) { $0 + $1.shape.count }
    let names = Set(slices.map(\.name))
    guard uses.uncovered.allSatisfy({ !names.contains($0.name) }) else {
      precondition(examples == 1, "gradients of \(examples) examples through a parameter that has no pairs")
      let rows = columns.map { column in
        let whole = Programs.pullback(of: [outputs], cotangents: [column], to: [parameters])[0]
        return concatenate(slices.map { whole.slice(axis: 0, $0.range) }, axis: 0).reshaped([1, width])
      }
      return concatenate(rows, axis: 0)
    }
    let wanted = uses.uses.filter { names.contains($0.slice.name) }
    let cotangents = cotangents(of: wanted, columns: columns)
    let rows = columns.indices.map { column in
      let parts = slices.map { slice in
        let terms = wanted.indices.filter { wanted[$0].slice.name == slice.name }
          .map { wanted[$0].exampleGradients(cotangents[$0].entry(column)) }
        return terms.dropFirst().reduce(terms[0], +)
      }
      return concatenate(parts, axis: 1)
    }
    return concatenate(rows, axis: 0)
  }
}

extension Tensor {
  /// Entry k of the first axis, without that axis.
  package func entry(_ k: Int) -> Tensor {
    slice(axis: 0, k..<k + 1).reshaped(Shape(Array(shape.extents.dropFirst())))
  }
}
