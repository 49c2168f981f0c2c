//  SliceSampler.swift — one coordinate after the other, uniformly from where the density is above a random level.
//
//  Equations  (1) level: log u = log p(x) − e, e ~ Exponential(1)
//             (2) an interval of width w, placed at random about xᵢ, steps out by w until both ends are below the level
//             (3) draw uniformly from it; a draw below the level becomes the interval's end on its side   [Neal 2003]
//             (4) w ← w + (3 |xᵢ′ − xᵢ| − w)/min(t, 50) at transition t of the warm-up
//
//  Needs no gradient, and no tuning but of w, which only costs evaluations. Two uniform points of a slice of length L are L/3 apart on
//  average, so (4) finds the mean length of slices whatever w was at first. The length of the interval itself cannot be learned from: it
//  is that of the slice and up to two w more, and w would grow for ever. A transition goes through all coordinates.
//  Cost       about 5 D values a transition.

public import Arrays
import Foundation

/// The univariate slice sampler.
public struct SliceSampler: Sampler, Hashable {
  /// w at first; while warming up each coordinate learns the mean length of its slices.
  public let width: Double

  /// Precondition: width > 0.
  public init(width: Double = 1) {
    precondition(width > 0, "a width of \(width): it is positive")
    self.width = width
  }

  public func kernel(dimension: Int, warmUp: Int) -> Kernel {
    Kernel(widths: [Double](repeating: width, count: dimension))
  }

  public func workspace(of kernel: Kernel, dimension: Int) -> PhaseMemory { PhaseMemory(dimension: dimension) }

  public struct Kernel: MarkovKernel {
    /// w of each coordinate.
    public private(set) var widths: [Double]
    /// How far each coordinate went in the last transition.
    private var distances: [Double]
    private var transitions = 0.0

    /// An interval steps out no further than so many widths.
    private static let greatestSteps = 100

    init(widths: [Double]) {
      self.widths = widths
      distances = widths
    }

    public mutating func step(
      _ point: inout ChainPoint, _ density: DensityFunction, _ memory: PhaseMemory, using generator: inout Philox
    ) -> Transition {
      var phase = memory.load(point)
      let before = density.valueCount
      for axis in 0..<density.dimension {
        let level = phase.logDensity + log(generator.uniform())  // (1)
        let start = phase.position[axis]
        phase.logDensity = move(phase, axis, level, density, using: &generator)
        distances[axis] = abs(phase.position[axis] - start)
      }
      memory.store(phase, in: &point)
      return Transition(
        acceptance: 1, stepSize: 1, energy: -point.logDensity, evaluations: density.valueCount - before)
    }

    private func move(
      _ phase: PhasePoint, _ axis: Int, _ level: Double, _ density: DensityFunction, using generator: inout Philox
    ) -> Double {
      let x = phase.position
      let start = x[axis]
      func value(at coordinate: Double) -> Double {
        x[axis] = coordinate
        return density(x)
      }
      // (2)
      var lower = start - widths[axis] * generator.uniform()
      var upper = lower + widths[axis]
      let below = generator.integer(below: Self.greatestSteps)
      lower = stepOut(lower, by: -widths[axis], atMost: below) { value(at: $0) > level }
      upper = stepOut(upper, by: widths[axis], atMost: Self.greatestSteps - 1 - below) { value(at: $0) > level }
      // (3)
      while true {
        let proposal = lower + generator.uniform() * (upper - lower)
        let logDensity = value(at: proposal)
        if logDensity >= level { return logDensity }
        if proposal < start { lower = proposal } else { upper = proposal }
        // Only a density that is not a function of the point can shrink the interval to nothing.
        if !(upper - lower > 1e-14 * max(abs(start), 1e-300)) { return value(at: start) }
      }
    }

    /// The first of start, start + step, … that is outside, after so many steps at most.
    private func stepOut(_ start: Double, by step: Double, atMost count: Int, isInside: (Double) -> Bool) -> Double {
      var end = start
      for _ in 0..<count {
        if !isInside(end) { break }
        end += step
      }
      return end
    }

    public mutating func learn(from transition: Transition, at point: ChainPoint) {
      transitions += 1
      let share = 1 / min(transitions, 50)
      for axis in widths.indices {
        let learned = widths[axis] + share * (3 * distances[axis] - widths[axis])  // (4)
        // A density that is a single point for these numbers leaves w as it was.
        if learned > 0 && learned.isFinite { widths[axis] = learned }
      }
    }

    public mutating func finishWarmUp() {}
  }
}
