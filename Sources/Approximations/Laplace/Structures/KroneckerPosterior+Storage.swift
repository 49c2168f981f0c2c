//  KroneckerPosterior+Storage.swift — Kronecker blocks as the arrays of a file.
//
//  For factor k of size n: values.k [n], vectors.k [n, n]; and the number scale. Which factors make which block, the network says.

import Arrays
import Curvatures
import Networks
import Probability

extension KroneckerPosterior {
  package var contents: PosteriorContents {
    var contents = PosteriorContents(arrays: [:], numbers: ["scale": scale])
    for (index, factor) in factors.enumerated() {
      contents.arrays["values.\(index)"] = factor.values.converted()
      contents.arrays["vectors.\(index)"] = factor.vectors.converted()
    }
    return contents
  }
}

extension KroneckerPosterior<Float> {
  init(
    _ contents: PosteriorContents, slices: [ParameterSlice], precisions: [Double], model: BayesianModel
  ) throws(PosteriorFault) {
    let structure: (blocks: [KroneckerCurvature<Float>.Block], widths: [Int])
    do {
      structure = try KroneckerCurvature<Float>.structure(of: model, slices: slices)
    } catch {
      throw PosteriorFault(error.description)
    }
    var factors: [SymmetricEigen<Float>] = []
    for (index, width) in structure.widths.enumerated() {
      let values = try contents.array("values.\(index)", shape: [width])
      guard values.elements.allSatisfy({ $0 >= 0 }) else { throw PosteriorFault("an eigenvalue is below zero") }
      factors.append(
        SymmetricEigen(values: values, vectors: try contents.array("vectors.\(index)", shape: [width, width])))
    }
    self.init(
      blocks: structure.blocks, factors: factors, precisions: precisions,
      scale: try contents.number("scale", in: 1e-30...1e30))
  }
}
