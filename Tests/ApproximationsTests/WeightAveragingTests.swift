//  WeightAveragingTests.swift — averaged weights and the Gaussian of their path: golden values, brute force, limits.

import Approximations
import Arrays
import CAllocationCounter
import GoldenValues
import Networks
import Optimization
import Probability
import Programs
import Testing
import Training

@Suite(.serialized) struct WeightAveragingTests {
  private static func path(_ snapshots: [[Double]], rank: Int, pool: WorkerPool? = nil) -> PathMoments<Double> {
    let moments = PathMoments<Double>(count: snapshots[0].count, rank: rank)
    for snapshot in snapshots { snapshot.withUnsafeBufferPointer { moments.look(at: $0, pool: pool) } }
    return moments
  }

  @Test func theMomentsOfAPathAreTheGoldenOnes() throws {
    let golden = try GoldenSamplers.load().averaging
    for count in 1...golden.snapshots.count {
      let moments = Self.path(Array(golden.snapshots[..<count]), rank: 3)
      #expect(relativeDifference(Array(moments.mean), golden.runningMeans[count - 1]) < 1e-12)
    }
    let gaussian = Self.path(golden.snapshots, rank: 3).gaussian
    #expect(relativeDifference(gaussian.mean, golden.mean) < 1e-12)
    #expect(relativeDifference(gaussian.variances, golden.diagonal) < 1e-9)
    let second = zip(gaussian.mean, gaussian.variances).map { $0 * $0 + $1 }
    #expect(relativeDifference(second, golden.secondMoment) < 1e-12)
    #expect(gaussian.deviations.shape == [3, 6])
    for column in 0..<3 {
      #expect(
        relativeDifference((0..<6).map { gaussian.deviations[column, $0] }, golden.deviationColumns.map { $0[column] })
          < 1e-12)
    }
  }

  @Test func theCovarianceTheDensityAndADrawAreTheGoldenOnes() throws {
    let golden = try GoldenSamplers.load().averaging
    let gaussian = Self.path(golden.snapshots, rank: 3).gaussian
    #expect(relativeDifference(gaussian.covariance.elements, golden.covariance.flatMap { $0 }) < 1e-9)
    #expect(abs(gaussian.logDensity(golden.logDensity.x) / golden.logDensity.value - 1) < 1e-9)
    let draw = gaussian.draw(first: golden.sample.z1, second: golden.sample.z2)
    #expect(relativeDifference(draw, golden.sample.value) < 1e-9)
  }

  @Test func drawsHaveTheCovarianceThatTheGaussianSays() throws {
    let golden = try GoldenSamplers.load().averaging
    let gaussian = Self.path(golden.snapshots, rank: 3).gaussian
    let (count, scale) = (200_000, 0.5)
    var sums = [Double](repeating: 0, count: 36)
    var draw = gaussian.mean
    draw.withUnsafeMutableBufferPointer { draw in
      for index in 0..<count {
        gaussian.draw(into: draw, key: RandomKey(seed: 3, step: UInt64(index)), scale: scale)
        for i in 0..<6 {
          for j in 0..<6 { sums[6 * i + j] += (draw[i] - gaussian.mean[i]) * (draw[j] - gaussian.mean[j]) }
        }
      }
    }
    let covariance = gaussian.covariance
    for i in 0..<6 {
      for j in 0..<6 {
        // The standard error of a covariance is √((Σᵢᵢ Σⱼⱼ + Σᵢⱼ²) / n); five of them.
        let spread = (covariance[i, i] * covariance[j, j] + covariance[i, j] * covariance[i, j]) / Double(count)
        let expected = scale * scale * covariance[i, j]
        #expect(abs(sums[6 * i + j] / Double(count) - expected) < 5 * scale * scale * spread.squareRoot())
      }
    }
  }

  @Test func anyPoolGivesTheSameBits() {
    var random = Philox(seed: 2)
    let snapshots = (0..<4).map { _ in random.normal(shape: [100_003], as: Double.self).elements }
    func draw(_ pool: WorkerPool?) -> [Double] {
      let gaussian = Self.path(snapshots, rank: 2, pool: pool).gaussian
      var result = gaussian.mean
      result.withUnsafeMutableBufferPointer { gaussian.draw(into: $0, key: RandomKey(seed: 1), pool: pool) }
      return result
    }
    let alone = draw(nil)
    for threads in [2, 3] { #expect(draw(WorkerPool(threads: threads)) == alone) }
  }

  @Test func varianceOfWeightsThatHardlyMoveIsNotLost() {
    // In Float a mean of squares minus a squared mean would be 0 or negative here.
    let moments = PathMoments<Float>(count: 1, rank: 0)
    for look in 0..<100 {
      let weight: [Float] = [100 + (look % 2 == 0 ? 0.001 : -0.001)]
      weight.withUnsafeBufferPointer { moments.look(at: $0) }
    }
    // 100.001 is rounded to a multiple of 7.6e-6.
    #expect(abs(moments.gaussian.variances[0] / 1e-6 - 1) < 0.02)
  }

  @Test func withoutDeviationsTheDiagonalCountsWhole() {
    let gaussian = LowRankGaussian<Double>(
      mean: [1, 2], variances: [4, 9], deviations: DenseArray([], shape: [0, 2]))
    #expect(gaussian.covariance.elements == [4, 0, 0, 9])
    #expect(gaussian.draw(first: [1, -1], second: []) == [3, -1])
  }

  @Test func aLookAllocatesNothing() throws {
    try #require(allocation_count() >= 0, "allocations are counted with the GNU C library only")
    let moments = PathMoments<Float>(count: 1000, rank: 3)
    let weights = [Float](repeating: 1, count: 1000)
    var spent = 0
    weights.withUnsafeBufferPointer { weights in
      let before = allocation_count()
      for _ in 0..<50 { moments.look(at: weights) }
      spent = allocation_count() - before
    }
    #expect(spent == 0)
  }
}
