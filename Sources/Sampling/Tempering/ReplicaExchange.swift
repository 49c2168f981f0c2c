//  ReplicaExchange.swift — replicas at higher temperatures, which exchange places with cooler ones.
//
//  Notation   1 = β₀ > β₁ > … > β_K  inverse temperatures     replica k has the density p^βₖ
//             p₀ a prior, where there is one: then replica k has p₀ (p/p₀)^βₖ, and 1 = p₀ in (1) without one
//
//  Equation   (1) neighbours exchange with probability min(1, exp((βₖ − βₖ₊₁)(ℓ(xₖ₊₁) − ℓ(xₖ)))), ℓ = log p − log p₀    [Geyer 1991]
//
//  With a prior only the likelihood is tempered: the hottest replica may have β = 0, where draws come from the prior, which reaches all
//  modes that count; p^β of a wide prior is wider still, and of one without a second moment no density at all.
//
//  Hot replicas cross between modes, and hand what they find down. After each transition of all replicas, the pairs that begin at
//  an even place, and then those that begin at an odd one, are offered (1) in turn. The draws are those of β₀.
//  Cost       K + 1 times that of the sampler; with a prior, two densities in place of one but for β = 1.

public import Arrays
import Foundation
public import Probability

/// Parallel tempering with any sampler.
public struct ReplicaExchange<Base: Sampler>: Sampler {
  /// What moves each replica.
  public let sampler: Base
  /// β. The first is 1.
  public let inverseTemperatures: [Double]
  private let prior: CompiledDensity?

  /// - Parameter prior: log p₀, in the coordinates of the density, so with the Jacobians of their supports: what is sampled is p₀ times a
  ///   likelihood, which alone is tempered. `nil` tempers the whole density.
  ///
  /// Precondition: the inverse temperatures begin with 1, descend and stay positive, but for a last one of 0 with a prior; the
  /// sampler obeys temperatures, as a Gibbs sampler with conditionals in closed form does not, nor one with replicas of its own.
  public init(_ sampler: Base, inverseTemperatures: [Double], prior: LogDensity? = nil) {
    precondition(
      inverseTemperatures.first == 1 && zip(inverseTemperatures, inverseTemperatures.dropFirst()).allSatisfy { $0 > $1 }
        && inverseTemperatures.allSatisfy { $0 > 0 || $0 == 0 && prior != nil },
      "inverse temperatures \(inverseTemperatures): they begin with 1 and descend"
        + (prior == nil ? ", and are positive without a prior" : ""))
    sampler.expectObeysTemperature()
    self.sampler = sampler
    self.inverseTemperatures = inverseTemperatures
    self.prior = prior.map { CompiledDensity($0) }
  }

  /// So many replicas, with β in a geometric sequence down to the last. Precondition: count ≥ 2, 0 < least < 1.
  ///
  /// - Parameter prior: As above.
  public init(_ sampler: Base, replicas count: Int, least: Double, prior: LogDensity? = nil) {
    precondition(count >= 2 && least > 0 && least < 1, "\(count) replicas down to \(least)")
    self.init(
      sampler, inverseTemperatures: (0..<count).map { pow(least, Double($0) / Double(count - 1)) }, prior: prior)
  }

  /// Its replicas have temperatures of their own.
  public var obeysTemperature: Bool { false }

  public func kernel(dimension: Int, warmUp: Int) -> Kernel {
    Kernel(
      inverseTemperatures: inverseTemperatures,
      kernels: inverseTemperatures.map { _ in sampler.kernel(dimension: dimension, warmUp: warmUp) })
  }

  public func workspace(of kernel: Kernel, dimension: Int) -> Workspace {
    precondition(
      prior.map { $0.dimension == dimension } ?? true,
      "a prior of \(prior?.dimension ?? 0) coordinates for a density of \(dimension)")
    return Workspace(
      base: sampler.workspace(of: kernel.kernels[0], dimension: dimension), prior: prior.map { DensityFunction($0) })
  }

  public var settings: String {
    "\(Self.self) \(sampler.settings) \(inverseTemperatures) \(prior == nil ? "whole" : "likelihood")"
  }

  /// The memory of a replica's steps, and log p₀.
  public struct Workspace {
    let base: Base.Kernel.Workspace
    let prior: DensityFunction?
  }

  /// Without an energy fraction: an exchange changes the energy too, after the energy of the transition was recorded.
  public struct Kernel: MarkovKernel {
    public static var hasStepSize: Bool { Base.Kernel.hasStepSize }

    let inverseTemperatures: [Double]
    private(set) var kernels: [Base.Kernel]
    /// The replicas at β₁ …, with their own log density; empty before the first step.
    private var replicas: [ChainPoint] = []
    private var lastTransitions: [Transition] = []
    private var startsOdd = false
    /// Exchanges of each pair of neighbours that were offered and accepted, after the warm-up.
    public private(set) var offered: [Int]
    public private(set) var accepted: [Int]

    init(inverseTemperatures: [Double], kernels: [Base.Kernel]) {
      self.inverseTemperatures = inverseTemperatures
      self.kernels = kernels
      offered = [Int](repeating: 0, count: kernels.count - 1)
      accepted = offered
    }

    /// Puts the replicas at β₁, β₂ … at places of their own; without, they begin where the chain does.
    ///
    /// Precondition: a place for each.
    package mutating func place(
      _ positions: [[Double]], _ density: DensityFunction, _ workspace: Workspace? = nil
    ) {
      precondition(
        positions.count == kernels.count - 1, "\(positions.count) places for \(kernels.count - 1) hot replicas")
      density.prior = workspace?.prior
      replicas = zip(positions, inverseTemperatures.dropFirst()).map { point($0, density, beta: $1) }
      density.inverseTemperature = 1
    }

    /// What a replica at β sees at a place.
    private func point(_ position: [Double], _ density: DensityFunction, beta: Double) -> ChainPoint {
      density.inverseTemperature = beta
      return ChainPoint(position, density)
    }

    public mutating func begin(with metric: () -> Metric?) {
      for k in kernels.indices { kernels[k].begin(with: metric) }
    }

    public mutating func step(
      _ point: inout ChainPoint, _ density: DensityFunction, _ workspace: Workspace, using generator: inout Philox
    ) -> Transition {
      density.prior = workspace.prior
      if replicas.isEmpty { place(inverseTemperatures.dropFirst().map { _ in point.position }, density, workspace) }
      lastTransitions = []
      for (k, beta) in inverseTemperatures.enumerated() {
        density.inverseTemperature = beta
        let transition =
          k == 0
          ? kernels[0].step(&point, density, workspace.base, using: &generator)
          : kernels[k].step(&replicas[k - 1], density, workspace.base, using: &generator)
        lastTransitions.append(transition)
      }
      for k in stride(from: startsOdd ? 1 : 0, to: replicas.count, by: 2) {
        exchange(k, &point, density, using: &generator)
      }
      density.inverseTemperature = 1
      startsOdd.toggle()
      return lastTransitions[0]
    }

    /// Offers the exchange (1) of replicas k and k + 1.
    private mutating func exchange(
      _ k: Int, _ point: inout ChainPoint, _ density: DensityFunction, using generator: inout Philox
    ) {
      let (cool, hot) = (inverseTemperatures[k], inverseTemperatures[k + 1])
      let cooler = k == 0 ? point : replicas[k - 1]
      let hotter = replicas[k]
      let change: Double
      if density.prior == nil {
        change = (cool - hot) * (hotter.logDensity / hot - cooler.logDensity / cool)
      } else {
        // ℓ is finite at the cooler place, where the replica is. At β = 0 the hotter one may be where the likelihood is none.
        change = (cool - hot) * (density.logLikelihood(hotter.position) - density.logLikelihood(cooler.position))
      }
      offered[k] += 1
      guard log(generator.uniform()) < change else { return }
      accepted[k] += 1
      let (down, up): (ChainPoint, ChainPoint)
      if density.prior == nil {
        (down, up) = (rescaled(hotter, from: hot, to: cool), rescaled(cooler, from: cool, to: hot))
      } else {
        (down, up) = (
          self.point(hotter.position, density, beta: cool), self.point(cooler.position, density, beta: hot)
        )
      }
      if k == 0 { point = down } else { replicas[k - 1] = down }
      replicas[k] = up
    }

    /// The same place, as another replica sees it.
    private func rescaled(_ point: ChainPoint, from old: Double, to new: Double) -> ChainPoint {
      var point = point
      point.logDensity *= new / old
      for i in point.gradient.indices { point.gradient[i] *= new / old }
      return point
    }

    public mutating func learn(from transition: Transition, at point: ChainPoint) {
      for k in kernels.indices { kernels[k].learn(from: lastTransitions[k], at: k == 0 ? point : replicas[k - 1]) }
    }

    public mutating func finishWarmUp() {
      for k in kernels.indices { kernels[k].finishWarmUp() }
      offered = offered.map { _ in 0 }
      accepted = offered
    }
  }
}
