//  Reference.swift — the golden values of this target, and the models that they belong to.

import Arrays
import Curvatures
import Foundation
import GoldenValues

extension Reference {
  init(_ name: String) throws { try self.init(name, in: .module) }
}

func point(_ file: String) throws -> CurvaturePoint<Double> { try referencePoint(file, in: .module) }

/// A symmetric matrix times a vector.
func product(_ matrix: DenseArray<Double>, _ vector: DenseArray<Double>) -> DenseArray<Double> {
  let n = vector.count
  return DenseArray(
    (0..<n).map { row in (0..<n).reduce(0) { $0 + matrix.elements[row * n + $1] * vector.elements[$1] } })
}
