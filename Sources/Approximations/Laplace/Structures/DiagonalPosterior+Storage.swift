//  DiagonalPosterior+Storage.swift — independent variances as the array of a file: variances [P].

import Arrays
import Probability

extension DiagonalPosterior {
  package var contents: PosteriorContents { PosteriorContents(arrays: ["variances": posteriorVariances.converted()]) }
}

extension DiagonalPosterior<Float> {
  init(_ contents: PosteriorContents, slices: [ParameterSlice]) throws(PosteriorFault) {
    let variances = try contents.array("variances", shape: [slices.reduce(0) { $0 + $1.shape.count }])
    guard variances.elements.allSatisfy({ $0 >= 0 }) else { throw PosteriorFault("a variance is below zero") }
    self.init(slices: slices, posteriorVariances: variances)
  }
}
