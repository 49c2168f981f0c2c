//  KroneckerPosterior.swift — normal blocks whose covariance is diagonal in the eigenvectors of their factors.
//
//  The equations are those of `KroneckerSpectrum`.

package import Arrays
package import Curvatures
package import Probability
package import Programs

/// N(θ*, Λ⁻¹) with Λ = s B ⊗ A + δ I in each block.
package struct KroneckerPosterior<Element: Scalar>: WeightPosterior {
  package let blocks: [KroneckerCurvature<Element>.Block]
  package let factors: [SymmetricEigen<Element>]
  /// s.
  package let scale: Double
  /// 1 / (s b aᵀ + δ) of each block. Shape [O, I], or [O, 1].
  package let eigenvariances: [DenseArray<Element>]

  /// - Parameters:
  ///   - factors: With no eigenvalue below zero.
  ///   - precisions: δ of each block.
  package init(
    blocks: [KroneckerCurvature<Element>.Block], factors: [SymmetricEigen<Element>], precisions: [Double],
    scale: Double
  ) {
    self.blocks = blocks
    self.factors = factors
    self.scale = scale
    eigenvariances = zip(blocks, precisions).map { block, precision in
      let left = factors[block.outputFactor].values
      let right = block.inputFactor.map { factors[$0].values } ?? DenseArray([1])
      let program = Program(inputs: [left.shape, right.shape]) { t in
        [1 / (t[0].reshaped([left.count, 1]) * t[1] * scale + precision)]  // (1)
      }
      return program.run([left, right])[0]
    }
  }

  package var slices: [ParameterSlice] { blocks.map(\.slice) }

  package var arrays: [DenseArray<Element>] { factors.map(\.vectors) + eigenvariances }

  package func covariance(_ trace: NetworkTrace) -> Tensor {
    let columns = trace.identityColumns
    let uses = blocks.compactMap { block in trace.uses.uses.first { $0.slice.name == block.slice.name } }
    precondition(uses.count == blocks.count, "a network without the uses that its curvature was taken of")
    let cotangents = trace.cotangents(of: uses, columns: columns)
    var terms: [Tensor] = []
    // Blocks that share B share the rotated cotangents: what they give each output unit is added up first.
    for factor in factors.indices {
      let single = blocks.indices.filter { blocks[$0].outputFactor == factor && isPlain(uses[$0]) }
      if let first = single.first {
        let rotated = rotatedCotangents(cotangents[first], factor, trace)
        let spreads = single.map { spread($0, uses[$0], trace) }
        let sum = spreads.dropFirst().reduce(spreads[0], +).reshaped([trace.examples, 1, rotated.shape[2]])
        terms.append(matmul(rotated, rotated * sum, transposeRight: true))  // (3)
      }
    }
    for index in blocks.indices where !isPlain(uses[index]) {
      let rows = columns.indices.map { whitened(cotangents[index].entry($0), index, uses[index], trace) }
      terms.append(Approximations.covariance(ofWhitened: concatenate(rows, axis: 0), outputs: columns.count))
    }
    return terms.dropFirst().reduce(terms[0], +)
  }

  /// Whether a use has one position and cotangents that are not scaled.
  private func isPlain(_ use: ParameterUse) -> Bool {
    if case .elementwise(.some) = use.kind { return false }
    return use.positions == 1
  }

  private func vectors(_ factor: Int, _ trace: NetworkTrace) -> Tensor { trace.extra[factor] }
  private func variances(_ block: Int, _ trace: NetworkTrace) -> Tensor { trace.extra[factors.count + block] }

  /// Vᵀ D of every output. Shape [N, K, O].
  private func rotatedCotangents(_ cotangents: Tensor, _ factor: Int, _ trace: NetworkTrace) -> Tensor {
    let (count, width) = (cotangents.shape[0], cotangents.shape[3])
    let rows = cotangents.reshaped([count * trace.examples, width])
    let rotated = matmul(rows, vectors(factor, trace), transposeRight: true)
    return rotated.reshaped([count, trace.examples, width]).transposed([1, 0, 2])
  }

  /// Σᵢ (Uᵀ a)²ᵢ / (s b_o aᵢ + δ), or 1 / (s b_o + δ) for a bias. Shape [N, O].
  private func spread(_ block: Int, _ use: ParameterUse, _ trace: NetworkTrace) -> Tensor {
    let variance = variances(block, trace)
    guard case .product(let inputs) = use.kind, let factor = blocks[block].inputFactor else {
      return variance.reshaped([1, variance.shape[0]]).broadcast(to: [trace.examples, variance.shape[0]])
    }
    let rows = inputs.reshaped([trace.examples, inputs.shape[2]])
    let rotated = matmul(rows, vectors(factor, trace), transposeRight: true)
    return matmul(rotated.squared, variance, transposeRight: true)
  }

  /// The derivative in the eigenvectors, each element times its standard deviation. Shape [N, slice count].
  private func whitened(_ cotangent: Tensor, _ block: Int, _ use: ParameterUse, _ trace: NetworkTrace) -> Tensor {
    let deviations = sqrt(variances(block, trace))
    let (examples, positions, outputs) = (trace.examples, use.positions, use.outputs)
    func rotated(_ rows: Tensor, _ factor: Int) -> Tensor {
      let width = rows.shape[rows.shape.rank - 1]
      let flat = rows.reshaped([rows.shape.count / Swift.max(width, 1), width])
      return matmul(flat, vectors(factor, trace), transposeRight: true).reshaped(rows.shape)
    }
    guard case .product(let inputs) = use.kind, let factor = blocks[block].inputFactor else {
      let sums = rotated(use.exampleGradients(cotangent), blocks[block].outputFactor)
      return sums * deviations.reshaped([1, outputs])
    }
    let left = rotated(cotangent, blocks[block].outputFactor)
    let right = rotated(inputs, factor)
    let product =
      positions == 1
      ? left.reshaped([examples, outputs, 1]) * right.reshaped([examples, 1, inputs.shape[2]])
      : matmul(left, right, transposeLeft: true)
    return (product * deviations).reshaped([examples, outputs * inputs.shape[2]])
  }

  package func exampleSize(_ trace: NetworkTrace) -> Int {
    let outputs = trace.outputs.shape[1]
    let uses = trace.uses.uses.filter { use in blocks.contains { $0.slice.name == use.slice.name } }
    let largest = uses.map { isPlain($0) ? $0.outputs : $0.slice.shape.count + $0.positions * $0.outputs }.max()
    return outputs * (largest ?? 1)
  }

  package func variances() -> [Double] {
    zip(blocks, eigenvariances).flatMap { block, variance in
      let left = factors[block.outputFactor].vectors
      let right = block.inputFactor.map { factors[$0].vectors } ?? DenseArray([1], shape: [1, 1])
      let program = Program(inputs: [left.shape, variance.shape, right.shape]) { t in
        [matmul(matmul(t[0].squared, t[1], transposeLeft: true), t[2].squared)]  // (5)
      }
      return program.run([left, variance, right])[0].elements.map { Double($0) }
    }
  }

  package func deviation(using generator: inout Philox) -> [Element] {
    zip(blocks, eigenvariances).flatMap { block, variance in
      let left = factors[block.outputFactor].vectors
      let right = block.inputFactor.map { factors[$0].vectors } ?? DenseArray([1], shape: [1, 1])
      let noise: DenseArray<Element> = generator.normal(shape: variance.shape)
      let program = Program(inputs: [left.shape, noise.shape, variance.shape, right.shape]) { t in
        [matmul(matmul(t[0], t[1] * sqrt(t[2]), transposeLeft: true), t[3])]  // (4)
      }
      return program.run([left, noise, variance, right])[0].elements
    }
  }
}
