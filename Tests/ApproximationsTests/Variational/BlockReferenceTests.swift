//  BlockReferenceTests.swift — draws and densities of blocks against golden values in double precision.

import Approximations
import Arrays
import Foundation
import GoldenValues
import Optimization
import Programs
import Testing

@Suite struct BlockReferenceTests {
  private let values: Reference

  init() throws { values = try Reference("variational") }

  /// A draw with given noise, one array for each call: the values, log q, and the entropy and moments where they exist.
  private func draw(
    _ block: some VariationalBlock, lambda: [Double], noise: [DenseArray<Double>]
  ) -> (values: [Double], logDensity: Double, entropy: Double, moments: [[Double]]) {
    let program = Program(inputs: [[block.count]]) { t in
      var calls = 0
      let draw = block.draw(t[0]) { shape in
        defer { calls += 1 }
        precondition(noise[calls].shape == shape, "noise of shape \(shape)")
        return .constant(noise[calls])
      }
      let none = Tensor.constant(.nan)
      return [draw.values, draw.logDensity ?? none, draw.entropy ?? none]
        + [draw.moments?.mean ?? draw.values, draw.moments?.variance ?? draw.values]
    }
    let results = program.run([DenseArray(lambda)])
    return (
      results[0].elements, results[1].elements[0], results[2].elements[0], [results[3].elements, results[4].elements]
    )
  }

  /// ρ of deviations of one, with means of zero: standard normals.
  private func standard(_ count: Int) -> [Double] {
    [Double](repeating: 0, count: count) + [Double](repeating: inverseSoftplus(1), count: count)
  }

  @Test func lowRankNormal() throws {
    let part = try values["low_rank_gaussian"]
    let (mean, variances, directions) = (try part["mean"].array, try part["d"].array, try part["V"].array)
    let deviations = variances.elements.map { $0.squareRoot() }
    let points = try part["x"].array
    let program = Program(inputs: [mean.shape, mean.shape, directions.shape, points.shape]) { t in
      let normal = LowRankNormal(mean: t[0], deviation: t[1], directions: t[2])
      return [normal.entropy, normal.logDeterminant]
        + (0..<3).map { normal.logDensity(t[3].slice(axis: 0, $0..<$0 + 1).reshaped([8])) }
    }
    let results = program.run([mean, DenseArray(deviations), directions, points]).map { $0.elements[0] }
    #expect(relativeDistance([results[0]], [try part["entropy"].number]) < 1e-9)
    #expect(relativeDistance([results[1]], [try part["log_det"].number]) < 1e-9)
    #expect(relativeDistance(Array(results[2...]), try part["log_prob"].array.elements) < 1e-9)

    let sample = try part["sample"]
    let lambda = mean.elements + deviations.map { inverseSoftplus($0) } + directions.elements
    let drawn = draw(
      LowRankBlock(size: 8, rank: 2), lambda: lambda,
      noise: [try sample["eps_diag"].array, try sample["eps_rank"].array])
    #expect(relativeDistance(drawn.values, try sample["value"].array.elements) < 1e-9)
    // KL from N(0, 1.5²) by entropy and moments.
    let cross = (0..<8).reduce(0) { sum, i in
      sum + 0.5 * (pow(drawn.moments[0][i], 2) + drawn.moments[1][i]) / 2.25 + log(1.5) + 0.5 * log(2 * .pi)
    }
    let reference = try part["kl_to_standard_normal_scaled"]["kl"].number
    #expect(relativeDistance([cross - drawn.entropy], [reference]) < 1e-9)
  }

  /// KL(q ‖ p) of two of them by q's entropy and what p says of q's moments: for the columns r of a root of q's covariance
  /// Σ r rᵀ, E_q log p = log p(m) + Σ [log p(c + r) − log p(c)], m the mean of q and c that of p.
  @Test func divergenceOfALowRankNormalFromAnother() throws {
    let part = try values["low_rank_gaussian"]
    let other = try part["other"]
    let (mean, variances, directions) = (try part["mean"].array, try part["d"].array, try part["V"].array)
    let (centre, widths, axes) = (try other["mean"].array, try other["d"].array, try other["V"].array)
    func roots(_ values: DenseArray<Double>) -> DenseArray<Double> {
      DenseArray(values.elements.map { $0.squareRoot() })
    }
    let inputs = [mean, roots(variances), directions, centre, roots(widths), axes]
    let program = Program(inputs: inputs.map(\.shape)) { t in
      let q = LowRankNormal(mean: t[0], deviation: t[1], directions: t[2])
      let p = LowRankNormal(mean: t[3], deviation: t[4], directions: t[5])
      let unit = Tensor.iota(shape: [8], axis: 0)
      let columns =
        (0..<8).map { t[1] * (unit .== Double($0)) }
        + (0..<2).map { t[2].slice(axis: 1, $0..<$0 + 1).reshaped([8]) }
      let expected = columns.reduce(p.logDensity(t[0])) { $0 + p.logDensity(t[3] + $1) - p.logDensity(t[3]) }
      return [-q.entropy - expected]
    }
    let divergence = program.run(inputs)[0].elements
    #expect(relativeDistance(divergence, [try part["kl_to_other"].number]) < 1e-9)
  }

  /// Of all independent normals the nearest in KL(p ‖ q) has the variances of p: what it lacks is the difference of entropies.
  @Test func theForwardDivergenceOfAFullNormalFromIndependentOnes() throws {
    let part = try values["mean_field_fit_to_gaussian"]
    let (mean, covariance, best) = (try part["target_mean"].array, try part["target_cov"].array, try part["forward_kl"])
    let factor = Program(inputs: [covariance.shape]) { [$0[0].choleskyFactor] }.run([covariance])[0]
    let diagonal = (0..<4).map { inverseSoftplus(factor[$0, $0]) }
    let none = [DenseArray<Double>(repeating: 0, shape: [4])]
    let target = draw(
      FullRankBlock(size: 4), lambda: mean.elements + diagonal + factor.elements, noise: none)
    #expect(relativeDistance(target.moments[0], try best["mean"].array.elements) < 1e-9)
    #expect(relativeDistance(target.moments[1], try best["variance"].array.elements) < 1e-9)
    let independent = draw(
      IndependentNormalBlock(size: 4),
      lambda: target.moments[0] + target.moments[1].map { inverseSoftplus($0.squareRoot()) }, noise: none)
    #expect(relativeDistance([independent.entropy - target.entropy], [try best["kl"].number]) < 1e-9)
  }

  @Test func planarFlow() throws {
    let part = try values["planar_flow"]
    let layers = try part["layers"]
    var lambda = standard(6)
    for index in 0..<4 {
      let layer = try layers[index]
      lambda += try layer["u"].array.elements + layer["w"].array.elements + [layer["b"].number]
    }
    try expectFlow(PlanarFlowBlock(size: 6, layers: 4), lambda, part)
  }

  @Test func couplingFlow() throws {
    let part = try values["realnvp"]
    let layers = try part["layers"]
    var lambda = standard(6)
    for index in 0..<3 {
      for name in ["Ws1", "bs1", "Ws2", "bs2", "Wt1", "bt1", "Wt2", "bt2"] {
        lambda += try layers[index][name].array.elements
      }
    }
    try expectFlow(CouplingFlowBlock(size: 6, layers: 3, hidden: 5), lambda, part)
  }

  private func expectFlow(_ block: some VariationalBlock, _ lambda: [Double], _ part: Reference) throws {
    let (starts, ends) = (try part["z0"].array, try part["z"].array)
    let densities = try part["log_q_z_with_standard_normal_base"].array.elements
    for row in 0..<4 {
      let drawn = draw(block, lambda: lambda, noise: [starts.rows(row..<row + 1).reshaped([6])])
      #expect(relativeDistance(drawn.values, ends.rows(row..<row + 1).elements) < 1e-9)
      #expect(relativeDistance([drawn.logDensity], [densities[row]]) < 1e-9)
    }
  }

  @Test func radialDistribution() throws {
    let part = try values["radial_posterior"]
    let (mean, deviations) = (try part["mu"].array.elements, try part["sigma"].array.elements)
    let (epsilon, distances) = (try part["eps"].array, try part["r"].array.elements)
    for row in 0..<4 {
      let drawn = draw(
        RadialBlock(size: 6), lambda: mean + deviations.map { inverseSoftplus($0) },
        noise: [epsilon.rows(row..<row + 1).reshaped([6]), DenseArray([distances[row]], shape: .scalar)])
      #expect(relativeDistance(drawn.values, try part["w"].array.rows(row..<row + 1).elements) < 1e-9)
      #expect(relativeDistance([drawn.logDensity], [try part["log_q"].array.elements[row]]) < 1e-9)
    }
  }

  @Test func meanFieldEntropyAndDensity() throws {
    let part = try values["mean_field"]
    let (mu, rho) = (try part["mu"].array.elements, try part["rho"].array.elements)
    let noise = try part["eps"].array.rows(0..<1).reshaped([419])
    let drawn = draw(IndependentNormalBlock(size: mu.count), lambda: mu + rho, noise: [noise])
    #expect(relativeDistance([drawn.entropy], [try part["entropy_q"].number]) < 1e-9)
  }

  @Test func theCovarianceOfAMatrixNormalIsAKroneckerProduct() {
    // Of W [2, 3], drawn 40 000 times: an entry of the sampled covariance has a standard error below √2 v / 200, v the largest
    // variance; four of them.
    let block = MatrixNormalBlock(rows: 2, columns: 3)
    let below = { (count: Int, entries: [(Int, Int, Double)]) -> [Double] in
      var matrix = [Double](repeating: 0, count: count * count)
      for (row, column, value) in entries { matrix[row * count + column] = value }
      return matrix
    }
    let lambda =
      [1, 2, 3, 4, 5, 6] + [0.9, 1.2].map { inverseSoftplus($0) } + below(2, [(1, 0, -0.7)])
      + [0.5, 1, 0.8].map { inverseSoftplus($0) } + below(3, [(1, 0, 0.6), (2, 0, -0.3), (2, 1, 0.4)])
    let left = [[0.9, 0], [-0.7, 1.2]]
    let right = [[0.5, 0, 0], [0.6, 1, 0], [-0.3, 0.4, 0.8]]
    func product(_ a: [[Double]], _ i: Int, _ j: Int) -> Double { zip(a[i], a[j]).reduce(0) { $0 + $1.0 * $1.1 } }
    let program = Program(inputs: [[block.count]]) { t in
      [block.draw(t[0]) { .random(.normal, shape: $0, site: 3) }.values]
    }
    let executor = Executor<Double>(Plan(program))
    _ = executor.input(0).update(fromContentsOf: lambda)
    var sums = [Double](repeating: 0, count: 36)
    for draw in 0..<40_000 {
      executor.run(key: RandomKey(seed: 1, stream: UInt64(draw)))
      let distance = (0..<6).map { executor.output(0)[$0] - Double($0 + 1) }
      for i in 0..<6 { for j in 0..<6 { sums[i * 6 + j] += distance[i] * distance[j] / 40_000 } }
    }
    let largest = (0..<6).map { product(left, $0 / 3, $0 / 3) * product(right, $0 % 3, $0 % 3) }.max() ?? 0
    for i in 0..<6 {
      for j in 0..<6 {
        let expected = product(left, i / 3, j / 3) * product(right, i % 3, j % 3)
        #expect(abs(sums[i * 6 + j] - expected) < 4 * 2.0.squareRoot() * largest / 200)
      }
    }
    let drawn = draw(block, lambda: lambda, noise: [DenseArray(repeating: 0.5, shape: [2, 3])])
    for i in 0..<6 {
      let expected = product(left, i / 3, i / 3) * product(right, i % 3, i % 3)
      #expect(abs(drawn.moments[1][i] - expected) < 1e-12)
    }
    // |A|³ |B|² is the volume of (1): log q at E is that of E less its logarithm.
    let volume = 3 * log(0.9 * 1.2) + 2 * log(0.5 * 1 * 0.8)
    #expect(abs(drawn.logDensity - (-0.5 * 6 * 0.25 - 3 * log(2 * .pi) - volume)) < 1e-12)
  }
}
