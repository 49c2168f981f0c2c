//  EllipticalSliceSampler.swift — along an ellipse through the point and a draw of a Gaussian reference.
//
//  Notation   reference N(m, C);  ℓ(x) = log p(x) − log N(x; m, C)
//
//  Equations  (1) ν ~ N(0, C),  level log u = ℓ(x) − e, e ~ Exponential(1)
//             (2) x(θ) = m + (x − m) cos θ + ν sin θ, θ uniform on the circle; a draw below the level shrinks the
//                 bracket of θ towards 0                                  [Murray, Adams and MacKay 2010]
//
//  Right for every reference; fast where p is the reference times a weak likelihood, as with Gaussian priors. Neither gradient
//  nor tuning. Cost a few values a transition.

public import Arrays
import Foundation
public import Probability

/// Elliptical slice sampling.
public struct EllipticalSliceSampler: Sampler, Hashable {
  /// m. Shape [D].
  public let mean: [Double]
  /// C.
  public let metric: Metric

  /// A reference with independent coordinates. Precondition: as many variances as means, all positive.
  public init(mean: [Double], variances: [Double]) {
    precondition(mean.count == variances.count, "\(mean.count) means and \(variances.count) variances")
    self.mean = mean
    metric = Metric(variances: variances)
  }

  /// A reference by the names of parameters, each N(mean, standardDeviation²) in all of its unconstrained coordinates.
  ///
  /// Precondition: a reference for every parameter of the space and no other, with a positive deviation.
  public init(
    in space: ParameterSpace, normal references: [String: (mean: Double, standardDeviation: Double)]
  ) {
    precondition(
      Set(references.keys) == Set(space.parameters.map(\.name)),
      "a reference for \(references.keys.sorted().joined(separator: ", ")) in a space of "
        + space.parameters.map(\.name).joined(separator: ", "))
    var mean = [Double](repeating: 0, count: space.dimension)
    var variances = mean
    for (name, reference) in references {
      precondition(
        reference.standardDeviation > 0,
        "a standard deviation of \(reference.standardDeviation) for \(name): it is positive")
      for axis in space.coordinates(of: name) {
        mean[axis] = reference.mean
        variances[axis] = reference.standardDeviation * reference.standardDeviation
      }
    }
    self.init(mean: mean, variances: variances)
  }

  /// A reference with a full covariance, row-major [D, D]; `nil` where it is not positive definite.
  public init?(mean: [Double], covariance: [Double]) {
    precondition(
      covariance.count == mean.count * mean.count, "a covariance of \(covariance.count) for \(mean.count) means")
    guard let metric = Metric(covariance: covariance, dimension: mean.count) else { return nil }
    self.mean = mean
    self.metric = metric
  }

  public func kernel(dimension: Int, warmUp: Int) -> Kernel {
    precondition(dimension == mean.count, "a reference of \(mean.count) coordinates for a density of \(dimension)")
    return Kernel(mean: mean, metric: metric)
  }

  public func workspace(of kernel: Kernel, dimension: Int) -> PhaseMemory { PhaseMemory(dimension: dimension) }

  public struct Kernel: MarkovKernel {
    public static var hasStepSize: Bool { false }

    let mean: [Double]
    let metric: Metric

    public mutating func step(
      _ point: inout ChainPoint, _ density: DensityFunction, _ memory: PhaseMemory, using generator: inout Philox
    ) -> Transition {
      var phase = memory.load(point)
      let count = density.dimension
      let (x, nu) = (phase.position, memory.velocity)
      generator.fillNormal(UnsafeMutableBufferPointer(start: nu, count: count))
      metric.colour(nu)
      let level = point.logDensity - metric.logDensity(point.position, mean: mean) + log(generator.uniform())  // (1)
      var angle = 2 * Double.pi * generator.uniform()
      var (lower, upper) = (angle - 2 * Double.pi, angle)
      while true {
        // (2)
        let (c, s) = (cos(angle), sin(angle))
        for i in 0..<count { x[i] = mean[i] + (point.position[i] - mean[i]) * c + nu[i] * s }
        phase.logDensity = density(x)
        let reference = metric.logDensity(Array(UnsafeBufferPointer(start: x, count: count)), mean: mean)
        if phase.logDensity - reference >= level { break }
        // Only a density that is not a function of the point can shrink the bracket to nothing.
        if upper - lower < 1e-15 {
          for i in 0..<count { x[i] = point.position[i] }
          phase.logDensity = point.logDensity
          break
        }
        if angle < 0 { lower = angle } else { upper = angle }
        angle = lower + generator.uniform() * (upper - lower)
      }
      memory.store(phase, in: &point)
      return Transition(acceptance: 1, stepSize: 1, energy: -point.logDensity)
    }

    public mutating func learn(from transition: Transition, at point: ChainPoint) {}
    public mutating func finishWarmUp() {}
  }
}
