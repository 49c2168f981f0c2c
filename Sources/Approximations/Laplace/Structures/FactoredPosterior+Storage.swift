//  FactoredPosterior+Storage.swift — a covariance of few directions as the arrays of a file:
//  directions W [r, P], shrinkage c [r], deviations δ^(−½) [P]; in double precision as pairs of `Float`s, see `FloatPair`.
//
//  A posterior in double precision is rounded to such pairs from the start, so that a file gives the same bits.

import Arrays
import Probability

extension FactoredPosterior {
  package var contents: PosteriorContents {
    let arrays = ["directions": directions, "shrinkage": shrinkage, "deviations": deviations]
    guard Element.self == Double.self else {
      return PosteriorContents(arrays: arrays.mapValues { $0.converted() })
    }
    var contents = PosteriorContents(arrays: [:])
    for (name, array) in arrays { contents.setPairs(name, array.converted(to: Double.self).elements) }
    return contents
  }

  /// The same with numbers that a file can hold.
  var storable: FactoredPosterior {
    guard Element.self == Double.self else { return self }
    func rounded(_ array: DenseArray<Element>) -> DenseArray<Element> {
      DenseArray(array.converted(to: Double.self).elements.map(FloatPair.rounded), shape: array.shape).converted()
    }
    return FactoredPosterior(
      slices: slices, directions: rounded(directions), shrinkage: rounded(shrinkage), deviations: rounded(deviations))
  }

  /// - Throws: `PosteriorFault` where the numbers are no covariance.
  private static func checked(_ posterior: FactoredPosterior) throws(PosteriorFault) -> FactoredPosterior {
    guard posterior.shrinkage.elements.allSatisfy({ (0...1).contains($0) }),
      posterior.deviations.elements.allSatisfy({ $0 >= 0 })
    else {
      throw PosteriorFault("a covariance of few directions has numbers below zero, or widens the prior")
    }
    return posterior
  }
}

extension FactoredPosterior<Float> {
  init(_ contents: PosteriorContents, slices: [ParameterSlice]) throws(PosteriorFault) {
    let count = slices.reduce(0) { $0 + $1.shape.count }
    let directions = try contents.array("directions", shape: [nil, count])
    self = try Self.checked(
      FactoredPosterior(
        slices: slices, directions: directions,
        shrinkage: try contents.array("shrinkage", shape: [directions.shape[0]]),
        deviations: try contents.array("deviations", shape: [count])))
  }
}

extension FactoredPosterior<Double> {
  init(pairs contents: PosteriorContents, slices: [ParameterSlice]) throws(PosteriorFault) {
    let count = slices.reduce(0) { $0 + $1.shape.count }
    let shrinkage = try contents.pairs("shrinkage", count: nil)
    let directions = try contents.pairs("directions", count: shrinkage.count * count)
    self = try Self.checked(
      FactoredPosterior(
        slices: slices, directions: DenseArray(directions, shape: [shrinkage.count, count]),
        shrinkage: DenseArray(shrinkage), deviations: DenseArray(try contents.pairs("deviations", count: count))))
  }
}
