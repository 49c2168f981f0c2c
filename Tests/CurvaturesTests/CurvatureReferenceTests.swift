//  CurvatureReferenceTests.swift — curvatures against independent implementations in float64.

import Arrays
import Curvatures
import Datasets
import Foundation
import GoldenValues
import Networks
import Probability
import Testing

@Suite struct CurvatureReferenceTests {
  @Test(arguments: multilayerPerceptrons) func productsWithVectorsAgreeWithTheReference(_ file: String) throws {
    let (reference, point) = (try Reference(file), try point(file))
    let vector = try reference["hvp_vector"].array
    for (curvature, key) in [(Curvature.hessian, "hvp_hessian"), (.gaussNewton, "hvp_ggn")] {
      let whole = try CurvatureProduct(curvature, at: point)(vector)
      #expect(relativeDifference(whole, try reference[key].array) < 1e-9, "\(key)")
      let batches = try CurvatureProduct(curvature, at: point, batch: 7)(vector)
      #expect(relativeDifference(batches, try reference[key].array) < 1e-9, "\(key) in batches of 7")
    }
  }

  @Test(arguments: multilayerPerceptrons + ["convnet"]) func diagonalsAgreeWithTheReference(_ file: String) throws {
    let (reference, point) = (try Reference(file), try point(file))
    let cases: [(Curvature, String)] = [
      (.gaussNewton, "diag_ggn"), (.empiricalFisher, "diag_empirical_fisher"), (.hessian, "diag_hessian"),
    ]
    for (curvature, key) in cases where reference.has(key) {
      let expected = try flat(reference[key], order: reference)
      let diagonal = try DiagonalCurvature(curvature, at: point)
      #expect(relativeDifference(diagonal.values, expected) < 1e-9, "\(key)")
    }
  }

  /// A parameter vector, or the parameters by name.
  private func flat(_ values: Reference, order reference: Reference) throws -> DenseArray<Double> {
    guard reference.has("flat_order"), case .list(let names) = try reference["flat_order"] else {
      return try values.array
    }
    return DenseArray(try names.flatMap { try values[try $0.text].array.elements })
  }

  @Test(arguments: multilayerPerceptrons) func denseMatricesAgreeWithTheReference(_ file: String) throws {
    let (reference, point) = (try Reference(file), try point(file))
    let vector = try reference["hvp_vector"].array
    let gaussNewton = try DenseCurvature(.gaussNewton, at: point).matrix
    let hessian = try DenseCurvature(.hessian, at: point).matrix
    #expect(relativeDifference(product(gaussNewton, vector), try reference["hvp_ggn"].array) < 1e-9)
    #expect(relativeDifference(product(hessian, vector), try reference["hvp_hessian"].array) < 1e-9)
    // Two of the three are kept as lower triangles in single precision, whose rounding is 6e-8.
    let isWhole = file == "mlp_regression_tanh"
    let url = try #require(
      Bundle.module.url(
        forResource: isWhole ? "\(file)_matrices" : "\(file)_triangles", withExtension: "safetensors",
        subdirectory: "Fixtures"))
    let stored = try SafetensorsFile(contentsOf: url.path)
    for (found, name) in [(gaussNewton, "ggn"), (hessian, "hessian")] {
      let expected = try stored.array(named: name).converted(to: Double.self)
      if isWhole {
        #expect(relativeDifference(found, expected) < 1e-9, "\(name)")
      } else {
        #expect(relativeDifference(lowerTriangle(found), expected) < 1e-7, "\(name)")
        #expect(isSymmetric(found), "\(name)")
      }
    }
  }

  /// Row by row. Shape [P, P] → [P (P + 1) / 2].
  private func lowerTriangle(_ matrix: DenseArray<Double>) -> DenseArray<Double> {
    DenseArray((0..<matrix.shape[0]).flatMap { row in (0...row).map { matrix[row, $0] } })
  }

  private func isSymmetric(_ matrix: DenseArray<Double>) -> Bool {
    let largest = matrix.elements.reduce(0) { max($0, abs($1)) }
    return (0..<matrix.shape[0]).allSatisfy { row in
      (0..<row).allSatisfy { abs(matrix[row, $0] - matrix[$0, row]) <= 1e-12 * largest }
    }
  }

  @Test(arguments: multilayerPerceptrons + ["convnet"]) func kroneckerFactorsAgreeWithTheReference(
    _ file: String
  ) throws {
    let (reference, point) = (try Reference(file), try point(file))
    let layers = file == "convnet" ? ["conv1", "conv2", "fc"] : ["layer1", "layer2", "layer3"]
    let curvature = try KroneckerCurvature(.gaussNewton, at: point)
    #expect(curvature.blocks.count == 2 * layers.count)
    #expect(curvature.factors.count == 2 * layers.count, "weight and bias share a factor")
    for (index, layer) in layers.enumerated() {
      let (weight, bias) = (curvature.blocks[2 * index], curvature.blocks[2 * index + 1])
      let expected = try reference["kfac"][layer]
      let inputs = curvature.factors[try #require(weight.inputFactor)]
      #expect(relativeDifference(inputs, try expected["A"].array) < 1e-9, "A of \(layer)")
      let outputs = curvature.factors[weight.outputFactor]
      #expect(relativeDifference(outputs, try expected["B"].array) < 1e-9, "B of \(layer)")
      #expect(bias.inputFactor == nil && bias.outputFactor == weight.outputFactor)
    }
  }

  @Test(arguments: multilayerPerceptrons) func gradientsOfSingleExamplesAgreeWithTheReference(_ file: String) throws {
    let (reference, point) = (try Reference(file), try point(file))
    let jacobian = try reference["jacobian_examples"]
    let indices = try jacobian["indices"].array.elements.map { Int($0) }
    let chosen = CurvaturePoint(
      point.model, parameters: point.parameters, inputs: point.inputs.rows(at: indices),
      targets: point.targets.rows(at: indices))
    let jacobians = try ExampleGradients(of: chosen).jacobians()
    #expect(relativeDifference(jacobians, try jacobian["J"].array) < 1e-9)
    guard reference.has("per_example_gradients_examples") else { return }
    let gradients = try reference["per_example_gradients_examples"]
    #expect(try gradients["indices"].array.elements.map { Int($0) } == indices)
    let found = try ExampleGradients(of: chosen).logLikelihoodGradients()
    // The reference holds gradients of the negative log likelihood.
    let negated = DenseArray(found.elements.map { -$0 }, shape: found.shape)
    #expect(relativeDifference(negated, try gradients["g"].array) < 1e-9)
    #expect(relativeDifference(negated, try gradients["g"].array) < 1e-9)
  }
}
