//  SliceSampler.swift — one coordinate after the other, uniformly from where the density is above a random level.
//
//  Equations  (1) level: log u = log p(x) − e, e ~ Exponential(1)
//             (2) an interval of width w, placed at random about xᵢ, steps out by w until both ends are below the level
//             (3) draw uniformly from it; a draw below the level becomes the interval's end on its side   [Neal 2003]
//             (4) w ← w + (3 |xᵢ′ − xᵢ| − w)/min(t, 50) at transition t of the warm-up
//             (5) along learned axes: x + t Lᵢ in place of xᵢ, with Lᵢ column i of the factor of the covariance, C = L Lᵀ, that the
//                 warm-up estimates                                                        [Tibbits et al. 2014]
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
  /// Along what it moves.
  public let axes: Axes

  /// The lines along which a slice sampler moves.
  public enum Axes: String, Hashable, Codable, Sendable, CaseIterable {
    /// One coordinate after the other.
    case coordinates
    /// Equation (5): for strongly correlated coordinates, up to some hundreds.
    case learned
  }

  /// Precondition: width > 0.
  public init(width: Double = 1, axes: Axes = .coordinates) {
    precondition(width > 0, "a width of \(width): it is positive")
    self.width = width
    self.axes = axes
  }

  public func kernel(dimension: Int, warmUp: Int) -> Kernel {
    Kernel(
      width: width,
      shape: MetricLearning(
        axes == .learned ? .dense : .unit, dimension: dimension, warmUp: warmUp, transitionsPerDraw: 2))
  }

  public func workspace(of kernel: Kernel, dimension: Int) -> PhaseMemory { PhaseMemory(dimension: dimension) }

  public struct Kernel: MarkovKernel {
    public static var hasStepSize: Bool { false }

    /// w of each coordinate.
    public private(set) var widths: [Double]
    /// How far each coordinate went in the last transition.
    private var distances: [Double]
    private var transitions = 0.0
    /// The width of all coordinates at first.
    private let width: Double
    /// C of equation (5).
    private var shape: MetricLearning

    /// An interval steps out no further than so many widths.
    private static let greatestSteps = 100

    init(width: Double, shape: MetricLearning) {
      self.width = width
      self.shape = shape
      widths = [Double](repeating: width, count: shape.metric.dimension)
      distances = widths
    }

    public mutating func begin(with metric: () -> Metric?) { shape.begin(with: metric) }

    public mutating func adopt(_ covariance: (MetricShape) -> Metric) { shape.adopt(covariance) }

    public mutating func step(
      _ point: inout ChainPoint, _ density: DensityFunction, _ memory: PhaseMemory, using generator: inout Philox
    ) -> Transition {
      var phase = memory.load(point)
      for axis in 0..<density.dimension {
        let level = phase.logDensity + log(generator.uniform())  // (1)
        var line = Line(phase.position, memory.velocity, axis, shape.metric)
        let start = line.place
        phase.logDensity = move(&line, axis, level, density, using: &generator)
        distances[axis] = abs(line.place - start)
      }
      memory.store(phase, in: &point)
      return Transition(acceptance: 1, stepSize: 1, energy: -point.logDensity)
    }

    private func move(
      _ line: inout Line, _ axis: Int, _ level: Double, _ density: DensityFunction, using generator: inout Philox
    ) -> Double {
      let start = line.place
      // (2)
      var lower = start - widths[axis] * generator.uniform()
      var upper = lower + widths[axis]
      let below = generator.integer(below: Self.greatestSteps)
      lower = stepOut(lower, by: -widths[axis], atMost: below) { line.value(at: $0, density) > level }
      upper = stepOut(upper, by: widths[axis], atMost: Self.greatestSteps - 1 - below) {
        line.value(at: $0, density) > level
      }
      // (3)
      while true {
        let proposal = lower + generator.uniform() * (upper - lower)
        let logDensity = line.value(at: proposal, density)
        if logDensity >= level { return logDensity }
        if proposal < start { lower = proposal } else { upper = proposal }
        // Only a density that is not a function of the point can shrink the interval to nothing.
        if !(upper - lower > 1e-14 * max(abs(start), line.leastScale)) { return line.value(at: start, density) }
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
      if shape.learn(at: point.position) {
        // Lengths along other lines.
        transitions = 0
        widths = widths.map { _ in width }
        return
      }
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

/// The points that a slice sampler may go to: those of one coordinate, or of one learned axis.
private struct Line {
  /// The coordinate, or t of equation (5), which is 0 at first.
  private(set) var place: Double
  private let x, origin: UnsafeMutablePointer<Double>
  private let axis: Int
  private let metric: Metric

  /// - Parameter origin: Memory for D numbers, where the axis is learned.
  init(_ x: UnsafeMutablePointer<Double>, _ origin: UnsafeMutablePointer<Double>, _ axis: Int, _ metric: Metric) {
    (self.x, self.origin, self.axis, self.metric) = (x, origin, axis, metric)
    let isLearned = metric.shape == .dense
    place = isLearned ? 0 : x[axis]
    if isLearned { origin.update(from: x, count: metric.dimension) }
  }

  /// What a change of place is small beside, where the place itself may be 0.
  var leastScale: Double { metric.shape == .dense ? 1e-3 : 1e-300 }

  /// Goes to a place. Returns log p there.
  mutating func value(at place: Double, _ density: DensityFunction) -> Double {
    self.place = place
    if metric.shape == .dense {
      metric.advance(x, from: origin, by: place, along: axis)
    } else {
      x[axis] = place
    }
    return density(x)
  }
}
