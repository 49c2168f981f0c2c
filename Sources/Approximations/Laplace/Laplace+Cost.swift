//  Laplace+Cost.swift — the memory that a Laplace approximation takes, and the passes of an exact Hessian, before either is spent.
//
//  Notation   P  parameters of the network     p  those that the structure is about     N  rows     S  draws of a prediction
//             K  columns of the square root of the curvature in the outputs
//
//  What is computed in double precision takes twice as much: see `Laplace+Arithmetic.swift`.
//
//  Equations  (1) a matrix in full           5 · 8 p² bytes, and 3 · 8 K P for the gradients of one example
//             (2) the Hessian, H e for a unit vector of each parameter whose column or diagonal is wanted:  N P multiply-adds each, some
//                 twelve times over
//             (3) draws through the network  a draw for each thread, counted as 64 of them

import Arrays
import Curvatures
package import Networks
import Probability

extension Laplace {
  /// N P multiply-adds for each column, above which the columns of a Hessian are refused: an hour or more.
  private static let mostHessianWork = 1e13

  /// Why the curvature takes too much memory or work, with the figure, and the variant that fits; `nil` where it does not.
  package func costProblem(for model: BayesianModel, rows: Int) -> String? {
    guard structure != nil else { return settled(for: model, rows: rows).costProblem(for: model, rows: rows) }
    let count = model.network.parameterCount
    let need = MemoryNeed(subject: "the curvature of \(count) parameters needs", bytes: memory(for: model))
    if let problem = need.problem(limit: memoryLimit) { return problem + fitting(model, rows) }
    guard hessianWork(for: model, rows: rows) > Self.mostHessianWork else { return nil }
    return
      "the Hessian of \(count) parameters takes \(hessianColumns(for: model)) passes over \(rows) rows, more than can be "
      + "waited for" + fitting(model, rows)
  }

  /// The first variant that fits, as the end of a sentence.
  private func fitting(_ model: BayesianModel, _ rows: Int) -> String {
    let isHessian = curvature == .hessian
    var variants: [(LaplaceStructure, Curvature, String)] =
      isHessian
      ? []
      : [
        (.kronecker, curvature, "the Kronecker structure"), (.lastLayer(.dense), curvature, "the last layer in full"),
        (.lastLayer(.kronecker), curvature, "the last layer's Kronecker structure"),
        (.diagonal, curvature, "the diagonal"),
      ]
    if isHessian {
      variants = [
        (.lastLayer(.dense), .hessian, "the Hessian of the last layer in full"),
        (.lastLayer(.diagonal), .hessian, "the Hessian's diagonal over the last layer"),
        (.diagonal, .gaussNewton, "the diagonal of the Gauss–Newton matrix"),
      ]
    }
    for (structure, curvature, name) in variants where structure != self.structure || curvature != self.curvature {
      var other = self
      (other.structure, other.curvature) = (structure, curvature)
      let need = other.memory(for: model)
      guard need <= Double(memoryLimit), other.hessianWork(for: model, rows: rows) <= Self.mostHessianWork else {
        continue
      }
      return "; \(name) needs \(MemoryNeed.amount(need))"
    }
    return ""
  }

  // MARK: Work

  /// The columns of the Hessian that are computed; 0 for other curvatures.
  private func hessianColumns(for model: BayesianModel) -> Int {
    guard curvature == .hessian else { return 0 }
    let last = Self.count(LaplaceApproximation.lastLayer(of: model))
    switch settledStructure {
    case .dense, .diagonal: return model.network.parameterCount
    case .lastLayer: return last
    case .subnetwork(.largestVariance(let count)): return model.network.parameterCount + count
    case .subnetwork(.largestMagnitude(let count)): return count
    case .subnetwork(.slices(let names)): return Self.count(LaplaceApproximation.slices(of: model, named: names))
    case .lowRank(let rank): return 3 * (rank + 8)
    case .kronecker, .functional: return 0
    }
  }

  /// Equation (2).
  private func hessianWork(for model: BayesianModel, rows: Int) -> Double {
    Double(hessianColumns(for: model)) * Double(rows) * Double(model.network.parameterCount)
  }

  // MARK: Memory

  /// An estimate from the layout alone, of the curvature and of what a prediction holds. Unit: bytes.
  ///
  /// Precondition: the method has a structure.
  package func memory(for model: BayesianModel) -> Double {
    let slices = model.network.layout.slices
    let last = LaplaceApproximation.lastLayer(of: model)
    let columns = Double(curvature.columns(of: model))
    func dense(_ count: Int) -> Double {  // (1)
      let gradients = curvature == .hessian ? 0 : 3 * 8 * columns * Double(Self.count(slices))
      return 5 * 8 * Double(count) * Double(count) + gradients
    }
    let width = isDouble(for: model, rows: nil) ? 8.0 : 4
    func kronecker(_ slices: [ParameterSlice]) -> Double {
      slices.reduce(0) { sum, slice in
        let rows = Double(slice.shape.rank > 0 ? slice.shape[0] : 1)
        let columns = Double(slice.shape.count) / max(rows, 1)
        return sum + width * (4 * rows * rows + 4 * columns * columns + rows * columns)
      }
    }
    func diagonal(_ slices: [ParameterSlice]) -> Double { 32 * Double(Self.count(slices)) }
    let kept: Double
    switch settledStructure {
    case .dense: kept = dense(Self.count(slices))
    case .kronecker: kept = kronecker(slices)
    case .diagonal: kept = diagonal(slices)
    case .lowRank(let rank): kept = width * 4 * Double(rank + 8) * Double(Self.count(slices))
    case .functional(let examples):
      let rows = Double(examples) * columns
      kept = width * 4 * rows * Double(Self.count(slices)) + 8 * rows * rows * Double(slices.count + 3)
    case .lastLayer(.dense): kept = dense(Self.count(last))
    case .lastLayer(.kronecker): kept = kronecker(last)
    case .lastLayer(.diagonal): kept = diagonal(last)
    case .subnetwork(.largestMagnitude(let count)): kept = dense(count)
    case .subnetwork(.largestVariance(let count)): kept = dense(count) + diagonal(slices)
    case .subnetwork(.slices(let names)):
      kept = dense(Self.count(LaplaceApproximation.slices(of: model, named: names)))
    }
    return kept + predictionMemory(for: model)
  }

  /// Equation (3).
  private func predictionMemory(for model: BayesianModel) -> Double {
    guard case .network(let draws) = prediction else { return 0 }
    return 3 * 4 * Double(min(draws, 64)) * Double(model.parameterCount)
  }

  private static func count(_ slices: [ParameterSlice]) -> Int { slices.reduce(0) { $0 + $1.shape.count } }
}
