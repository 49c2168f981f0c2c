//  Laplace+Requirements.swift — what a Laplace approximation asks of a model, known before any work is done.

import Arrays
import Curvatures
import Foundation
package import Networks
import Probability
import Training

extension Laplace {
  /// Why the settings do not fit, or `nil`. Says so at once, and before memory is allocated.
  func problem(for model: BayesianModel, _ examples: Examples) -> String? {
    if examples.count == 0 { return "there are no rows" }
    if let problem = prediction.problem(for: model.likelihood) { return problem }
    switch structure {
    case .lowRank(let rank) where rank < 1: return "a curvature of rank \(rank): it needs at least one direction"
    case .functional(let count) where count < 1: return "a curvature of \(count) examples: it needs at least one"
    case .functional where curvature == .hessian:
      return "the Hessian is no sum over examples of squares; take the Gauss–Newton matrix"
    case .subnetwork(.slices(let names)):
      let slices = model.network.layout.slices
      if let name = names.first(where: { name in !slices.contains { LaplaceApproximation.fits(name, $0) } }) {
        return "no slice is named \(name); the slices are \(slices.map(\.name).joined(separator: ", "))"
      }
    default: break
    }
    if tuning == .perParameter && structure != .diagonal && structure != .lastLayer(.diagonal) {
      return "a precision for each parameter needs a diagonal structure; tune one precision, or one for each layer"
    }
    if tuning == .linearised && curvature == .hessian {
      return "the evidence of the linearised network needs a curvature that is never negative, and the Hessian may be; "
        + "take the Gauss–Newton matrix, or another tuning"
    }
    if case .flat = model.prior, tuning == .fixed {
      return "under a flat prior the posterior may be infinitely wide; let the precision be tuned, or take a normal "
        + "prior"
    }
    return memoryProblem(for: model) ?? modelProblem(model, examples)
  }

  /// What only a trace of the model shows.
  private func modelProblem(_ model: BayesianModel, _ examples: Examples) -> String? {
    do {
      try LaplaceApproximation.check(self, model, examples)
      return nil
    } catch {
      return error.description
    }
  }

  /// The figure and the variant that fits, when the curvature would take more than the limit.
  package func memoryProblem(for model: BayesianModel) -> String? {
    let need = memory(for: model)
    guard need > Double(memoryLimit) else { return nil }
    let alternatives: [(LaplaceStructure, String)] = [
      (.kronecker, "the Kronecker structure"), (.lastLayer(.dense), "the last layer in full"),
      (.lastLayer(.kronecker), "the last layer's Kronecker structure"), (.diagonal, "the diagonal"),
    ]
    let fitting = alternatives.first { alternative in
      var other = self
      other.structure = alternative.0
      return alternative.0 != structure && other.memory(for: model) <= Double(memoryLimit)
    }
    let figures = "needs \(Self.amount(need)) of memory, more than the limit of \(Self.amount(Double(memoryLimit)))"
    let what = "the curvature of \(model.network.parameterCount) parameters \(figures)"
    return what + (fitting.map { "; \($0.1) needs \(Self.amount(memory(with: $0.0, for: model)))" } ?? "")
  }

  private func memory(with structure: LaplaceStructure, for model: BayesianModel) -> Double {
    var other = self
    other.structure = structure
    return other.memory(for: model)
  }

  /// An estimate from the layout alone. Unit: bytes.
  package func memory(for model: BayesianModel) -> Double {
    let slices = model.network.layout.slices
    let last = LaplaceApproximation.lastLayer(of: model)
    func dense(_ count: Int) -> Double { 5 * 8 * Double(count) * Double(count) }
    func kronecker(_ slices: [ParameterSlice]) -> Double {
      slices.reduce(0) { sum, slice in
        let rows = Double(slice.shape.rank > 0 ? slice.shape[0] : 1)
        let columns = Double(slice.shape.count) / max(rows, 1)
        return sum + 4 * (4 * rows * rows + 4 * columns * columns + rows * columns)
      }
    }
    func diagonal(_ slices: [ParameterSlice]) -> Double {
      slices.reduce(0) { $0 + 32 * Double($1.shape.count) }
    }
    func count(_ slices: [ParameterSlice]) -> Int { slices.reduce(0) { $0 + $1.shape.count } }
    switch structure {
    case .dense: return dense(count(slices))
    case .kronecker: return kronecker(slices)
    case .diagonal: return diagonal(slices)
    case .lowRank(let rank): return 4 * 4 * Double(rank + 8) * Double(count(slices))
    case .functional(let examples):
      let rows = Double(examples) * Double(model.network.outputShape[0])
      return 4 * 4 * rows * Double(count(slices)) + 8 * rows * rows * Double(slices.count + 3)
    case .lastLayer(.dense): return dense(count(last))
    case .lastLayer(.kronecker): return kronecker(last)
    case .lastLayer(.diagonal): return diagonal(last)
    case .subnetwork(.largestMagnitude(let count)), .subnetwork(.largestVariance(let count)):
      return dense(count) + diagonal(slices)
    case .subnetwork(.slices(let names)):
      return dense(count(LaplaceApproximation.slices(of: model, named: names)))
    }
  }

  private static func amount(_ bytes: Double) -> String {
    let units = ["bytes", "kB", "MB", "GB", "TB", "PB"]
    let place = bytes < 1 ? 0 : min(units.count - 1, Int(Foundation.log(bytes) / Foundation.log(1000.0)))
    let number = bytes / Foundation.pow(1000, Double(place))
    let text = number < 10 && place > 0 ? "\((number * 10).rounded() / 10)" : "\(Int(number.rounded()))"
    return "\(text) \(units[place])"
  }
}
