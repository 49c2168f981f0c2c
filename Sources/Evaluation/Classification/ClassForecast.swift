//  ClassForecast.swift — class probabilities for N rows, and what their entropies say of doubt and of ignorance.
//
//  Notation   pₛₙ꜀  probability of class c for row n given draw s, [S, N, C]     p̄ₙ꜀ = 1/S Σₛ pₛₙ꜀
//             H[p] = −Σ꜀ p꜀ log p꜀, with 0 log 0 = 0
//
//  Equations  (1) predictive entropy  H[p̄ₙ]
//             (2) expected entropy    1/S Σₛ H[pₛₙ]: the doubt that stays when the parameters are known
//             (3) mutual information  (1) − (2): what the draws disagree on                    [Houlsby et al. 2011]
//
//  A draw may itself be a distribution over probabilities, of which p is the mean: a Dirichlet. Then H[pₛₙ] in (2) is the entropy that is
//  expected under it, and not a number where nobody knows it: what is not known is not 0.
//
//  Where the logarithms of the probabilities are known they are kept: a probability below the range of a `Double` is 0, and
//  its logarithm is not.
//
//  A probability that is not a number makes its row's values not a number.

public import Arrays
import Foundation

/// Predictions of a class for each of N rows.
public struct ClassForecast: Hashable, Sendable {
  /// p, by draw. Shape [S, N, C].
  public let draws: DenseArray<Double>
  /// p̄, the prediction. Shape [N, C].
  public let mean: DenseArray<Double>
  /// log p, by draw, where it is known. Shape [S, N, C].
  public let logDraws: DenseArray<Double>?
  /// The expected entropy of each draw, where the draws are distributions over probabilities. Shape [S, N]. Unit: nats.
  public let drawEntropies: DenseArray<Double>?

  /// Takes the logarithms of the probabilities of each draw.
  ///
  /// - Parameter drawEntropies: Expected entropies, [S, N], where the draws are distributions over probabilities.
  ///
  /// Precondition: shape [S, N, C], S ≥ 1, C ≥ 1.
  public init(logProbabilities: DenseArray<Double>, drawEntropies: DenseArray<Double>? = nil) {
    let shape = logProbabilities.shape
    precondition(
      shape.rank == 3 && shape[0] > 0 && shape[2] > 0, "logarithms of class probabilities are [S, N, C], not \(shape)")
    draws = DenseArray(logProbabilities.elements.map(exp), shape: shape)
    mean = Self.average(draws)
    logDraws = logProbabilities
    self.drawEntropies = drawEntropies
    Self.check(drawEntropies, shape)
  }

  /// Takes the probabilities of each draw, [S, N, C], or probabilities that are averaged already, [N, C], which count as one
  /// draw.
  ///
  /// - Parameter drawEntropies: Expected entropies, [S, N], where the draws are distributions over probabilities.
  ///
  /// Precondition: rank 2 or 3, S ≥ 1, C ≥ 1; rank 3 with entropies.
  public init(_ probabilities: DenseArray<Double>, drawEntropies: DenseArray<Double>? = nil) {
    let shape = probabilities.shape
    precondition(
      (shape.rank == 2 || shape.rank == 3 && shape[0] > 0) && shape[shape.rank - 1] > 0,
      "class probabilities are [S, N, C] or [N, C], not \(shape)")
    logDraws = nil
    self.drawEntropies = drawEntropies
    Self.check(drawEntropies, shape)
    if shape.rank == 2 {
      mean = probabilities
      draws = probabilities.reshaped([1, shape[0], shape[1]])
    } else {
      draws = probabilities
      mean = Self.average(probabilities)
    }
  }

  private static func check(_ entropies: DenseArray<Double>?, _ shape: Shape) {
    guard let entropies else { return }
    precondition(
      shape.rank == 3 && entropies.shape == [shape[0], shape[1]],
      "entropies of the draws are [S, N], not \(entropies.shape) for \(shape)")
  }

  private static func average(_ draws: DenseArray<Double>) -> DenseArray<Double> {
    let (count, size) = (draws.shape[0], draws.shape[1] * draws.shape[2])
    var sums = [Double](repeating: 0, count: size)
    for draw in 0..<count {
      for i in 0..<size { sums[i] += draws.elements[draw * size + i] }
    }
    return DenseArray(sums.map { $0 / Double(count) }, shape: [draws.shape[1], draws.shape[2]])
  }

  /// The number of rows, N.
  public var count: Int { mean.shape[0] }
  /// The number of classes, C.
  public var classCount: Int { mean.shape[1] }

  /// p̄ of one row. Shape [C].
  func probabilities(ofRow row: Int) -> ArraySlice<Double> { mean.elements[row * classCount..<(row + 1) * classCount] }

  /// p of one row given one draw. Shape [C].
  func probabilities(ofRow row: Int, draw: Int) -> ArraySlice<Double> {
    let start = (draw * count + row) * classCount
    return draws.elements[start..<start + classCount]
  }

  /// The class of the greatest p̄ in each row, the lowest of several. Shape [N].
  public var predictions: [Int] { (0..<count).map { Self.modalClass(probabilities(ofRow: $0)) } }

  /// The greatest p̄ in each row. Shape [N].
  public var confidences: [Double] {
    (0..<count).map { row in
      let probabilities = probabilities(ofRow: row)
      return probabilities.contains { $0.isNaN } ? .nan : probabilities.reduce(0, max)
    }
  }

  /// Equation (1). Shape [N]. Unit: nats.
  public var predictiveEntropy: [Double] { (0..<count).map { Self.entropy(probabilities(ofRow: $0)) } }

  /// H[pₛₙ], or what is expected of it. Shape [S, N]. Unit: nats.
  public var entropies: DenseArray<Double> {
    if let drawEntropies { return drawEntropies }
    let drawCount = draws.shape[0]
    return DenseArray(
      (0..<drawCount).flatMap { draw in (0..<count).map { Self.entropy(probabilities(ofRow: $0, draw: draw)) } },
      shape: [drawCount, count])
  }

  /// Equation (2). Shape [N]. Unit: nats.
  public var expectedEntropy: [Double] {
    let (all, drawCount) = (entropies, draws.shape[0])
    return (0..<count).map { row in
      (0..<drawCount).reduce(0) { $0 + all.elements[$1 * count + row] } / Double(drawCount)
    }
  }

  /// Equation (3), which is not negative: what rounding leaves below 0 is given as 0. Not a number where an expected entropy is
  /// not known. Shape [N]. Unit: nats.
  public var mutualInformation: [Double] {
    zip(predictiveEntropy, expectedEntropy).map { $0 < $1 ? 0 : $0 - $1 }
  }

  /// 1 − the greatest p̄. Shape [N].
  public var variationRatioOfMean: [Double] { confidences.map { 1 - $0 } }

  /// 1 − the share of the draws that vote for the class with most votes. Shape [N].
  public var variationRatioOfVotes: [Double] {
    let drawCount = draws.shape[0]
    return (0..<count).map { row in
      var votes = [Int](repeating: 0, count: classCount)
      for draw in 0..<drawCount {
        let probabilities = probabilities(ofRow: row, draw: draw)
        if probabilities.contains(where: \.isNaN) { return .nan }
        votes[Self.modalClass(probabilities)] += 1
      }
      return 1 - Double(votes.reduce(0, max)) / Double(drawCount)
    }
  }

  private static func modalClass(_ probabilities: ArraySlice<Double>) -> Int {
    var best = probabilities.startIndex
    for index in probabilities.indices where probabilities[index] > probabilities[best] { best = index }
    return best - probabilities.startIndex
  }

  private static func entropy(_ probabilities: ArraySlice<Double>) -> Double {
    probabilities.reduce(0) { $1 == 0 ? $0 : $0 - $1 * log($1) }
  }
}
