//  Reference.swift — the golden values of this target, and the models that they belong to.

import Curvatures
import Foundation
import GoldenValues

extension Reference {
  init(_ name: String) throws { try self.init(name, in: .module) }
}

func point(_ file: String) throws -> CurvaturePoint<Double> { try referencePoint(file, in: .module) }
