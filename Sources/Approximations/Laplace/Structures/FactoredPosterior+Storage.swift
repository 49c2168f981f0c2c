//  FactoredPosterior+Storage.swift — a covariance of few directions as the arrays of a file:
//  directions W [r, P], shrinkage c [r], deviations δ^(−½) [P].

import Arrays
import Probability

extension FactoredPosterior {
  package var contents: PosteriorContents {
    PosteriorContents(arrays: [
      "directions": directions.converted(), "shrinkage": shrinkage.converted(), "deviations": deviations.converted(),
    ])
  }
}

extension FactoredPosterior<Float> {
  init(_ contents: PosteriorContents, slices: [ParameterSlice]) throws(PosteriorFault) {
    let count = slices.reduce(0) { $0 + $1.shape.count }
    let directions = try contents.array("directions", shape: [nil, count])
    let shrinkage = try contents.array("shrinkage", shape: [directions.shape[0]])
    let deviations = try contents.array("deviations", shape: [count])
    guard shrinkage.elements.allSatisfy({ (0...1).contains($0) }), deviations.elements.allSatisfy({ $0 >= 0 }) else {
      throw PosteriorFault("a covariance of few directions has numbers below zero, or widens the prior")
    }
    self.init(slices: slices, directions: directions, shrinkage: shrinkage, deviations: deviations)
  }
}
