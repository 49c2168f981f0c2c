//  Laplace+Requirements.swift — what a Laplace approximation asks of a model, known before any work is done.

import Arrays
import Curvatures
import Datasets
import Networks
import Probability
import Training

extension Laplace {
  /// Why the settings do not fit, or `nil`. Says so at once, and before memory is allocated.
  func problem(for model: BayesianModel, _ examples: Examples) -> String? {
    if examples.count == 0 { return "there are no rows" }
    if let problem = prediction.problem(for: model.likelihood) { return problem }
    let structure = settledStructure
    switch structure {
    case .lowRank(let rank) where rank < 1: return "a curvature of rank \(rank): it needs at least one direction"
    case .functional(let count) where count < 1: return "a curvature of \(count) examples: it needs at least one"
    case .functional where curvature == .hessian:
      return "the Hessian is no sum over examples of squares; take the Gauss–Newton matrix"
    case .lowRank where curvature == .hessian:
      return "the Hessian has negative directions, which the largest ones leave out; take the Gauss–Newton matrix"
    case .subnetwork(.slices(let names)):
      let slices = model.network.layout.slices
      if let name = names.first(where: { name in !slices.contains { LaplaceApproximation.fits(name, $0) } }) {
        let known = slices.map(\.name)
        return "no slice is named \(name)\(NearestName.question(name, among: known)); the slices are "
          + known.joined(separator: ", ")
      }
    default: break
    }
    if tuning == .perParameter && structure != .diagonal && structure != .lastLayer(.diagonal) {
      return "a precision for each parameter needs a diagonal structure; tune one precision, or one for each layer"
    }
    switch (tuning, structure) {
    case (.duringTraining, .subnetwork(.largestMagnitude)), (.duringTraining, .subnetwork(.largestVariance)):
      return "the parameters of this subnetwork are chosen at the mode, so that no precision of theirs can be found "
        + "while it is searched for; tune after training, or name the slices of the subnetwork"
    default: break
    }
    if tuning == .heldOut && prediction == .laplaceBridge {
      return "the probabilities of the Laplace bridge hardly depend on the precision, so that rows held back cannot "
        + "choose it; take another tuning, or the probit prediction"
    }
    if tuning == .linearised && curvature == .hessian {
      return "the evidence of the linearised network needs a curvature that is never negative, and the Hessian may be; "
        + "take the Gauss–Newton matrix, or another tuning"
    }
    if case .flat = model.prior, tuning == .fixed {
      return "under a flat prior the posterior may be infinitely wide; let the precision be tuned, or take a normal "
        + "prior"
    }
    return costProblem(for: model, rows: examples.count) ?? modelProblem(model, examples)
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
}
