//  CurvatureProduct.swift — curvature times a vector, without the matrix.
//
//  Equations  (1) H v = ∇⟨∇L, v⟩,  L = −log p(D | θ)                                                   [Pearlmutter 1994]
//             (2) G v = Jᵀ S Sᵀ J v;  J v is the gradient of ⟨Jᵀ u, v⟩ in u, which is linear in u
//
//  Cost       about two gradients of the log likelihood.

public import Arrays
import CKernels
import Networks
import Probability
import Programs

/// The product of a curvature with vectors over θ.
///
/// Used by one thread at a time.
public final class CurvatureProduct<Element: Scalar> {
  private let pass: DataPass<Element>
  private let count: Int

  /// - Throws: `CurvatureError` where a sample of the likelihood is not provided.
  public init(
    _ curvature: Curvature, at point: CurvaturePoint<Element>, batch: Int = 128, run: CurvatureRun = CurvatureRun()
  ) throws(CurvatureError) {
    count = point.parameters.count
    let vector = DenseArray<Element>(repeating: 0, shape: point.parameters.shape)
    pass = try DataPass(point, rows: batch, run: run, extra: [vector]) { trace throws(CurvatureError) in
      let (model, parameters, vector) = (trace.model, trace.parameters, trace.extra[0])
      if curvature == .hessian {
        let loss = -model.likelihood.logDensity(
          outputs: trace.outputs, targets: trace.targets, logNoise: model.logNoise(parameters)
        ).sum()
        let slope = (gradient(of: loss, withRespectTo: parameters) * vector).sum()
        return [gradient(of: slope, withRespectTo: parameters)]  // (1)
      }
      let columns = try trace.columns(curvature)
      let probe = Tensor.constant(0, shape: trace.outputs.shape).stoppingGradient
      let back = pullback(of: [trace.outputs], cotangents: [probe], to: [parameters])[0]
      let forward = gradient(of: (back * vector).sum(), withRespectTo: probe)
      let weighted = columns.map { $0 * ($0 * forward).sum(axes: [1], keepingAxes: true) }
      let cotangent = weighted.dropFirst().reduce(weighted[0], +)
      return [pullback(of: [trace.outputs], cotangents: [cotangent], to: [parameters])[0]]  // (2)
    }
  }

  /// The product, summed over the data. Shape [P] → [P].
  ///
  /// Throws: `CurvatureError` on a request to stop.
  public func callAsFunction(_ vector: DenseArray<Element>) throws(CurvatureError) -> DenseArray<Element> {
    precondition(vector.shape == [count], "a vector of shape \(vector.shape) for a curvature over \(count) parameters")
    var sum = DenseArray<Element>(repeating: 0, shape: [count])
    pass.setExtra(0, to: vector)
    try pass.forEachBatch { buffers, _ in
      sum.withUnsafeMutableElements { sum in
        guard let sum = sum.baseAddress, let term = buffers[0].baseAddress else { return }
        Kernels<Element>.binary(CREDENCE_ADD, sum, term, sum, count: buffers[0].count)
      }
    }
    return sum
  }
}
