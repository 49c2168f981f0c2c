//  ParticleStage.swift — what a stage of sequential Monte Carlo did with its particles.
//
//  Notation   x, x′ a coordinate of a particle before and after the moves of the stage
//
//  Equation   (1) renewal = min over coordinates of E(x′ − x)²/(2 Var x′)
//
//  Where moves leave the density as it is, (1) is 1 minus the correlation of x and x′: 0 where nothing moved, and 1 where the moves forgot
//  where they began.

/// One stage of sequential Monte Carlo.
public struct ParticleStage: Hashable, Sendable {
  /// β.
  public let inverseTemperature: Double
  /// How many particles were taken over from the stage before, some of them more than once.
  public let parents: Int
  /// The mean probability with which proposals were accepted; 1 where the sampler rejects none.
  public let acceptance: Double
  /// Equation (1). Unit: none, from 0 to 1 but for noise.
  public let renewal: Double

  /// - Parameters:
  ///   - before: The particles as they were taken over. Shape [S][D].
  ///   - after: The same particles after their moves. Shape [S][D].
  init(
    inverseTemperature: Double, parents: Int, acceptance: Double, from before: [[Double]], to after: [[Double]]
  ) {
    self.inverseTemperature = inverseTemperature
    self.parents = parents
    self.acceptance = acceptance
    let count = Double(before.count)
    renewal =
      after[0].indices.map { axis in
        var (squares, sum, sumOfSquares) = (0.0, 0.0, 0.0)
        for (old, new) in zip(before, after) {
          let change = new[axis] - old[axis]
          squares += change * change
          // About the first particle, so that nothing is lost where the spread is small.
          let value = new[axis] - after[0][axis]
          sum += value
          sumOfSquares += value * value
        }
        let variance = sumOfSquares / count - sum * sum / (count * count)
        return variance > 0 ? squares / count / (2 * variance) : 0
      }.min() ?? 0
  }
}
