//  ReplicaExchange.swift — replicas at higher temperatures, which exchange places with cooler ones.
//
//  Notation   1 = β₀ > β₁ > … > β_K  inverse temperatures     replica k has the density p^βₖ
//
//  Equation   (1) neighbours exchange with probability min(1, exp((βₖ − βₖ₊₁)(log p(xₖ₊₁) − log p(xₖ))))    [Geyer 1991]
//
//  Hot replicas cross between modes, and hand what they find down. After each transition of all replicas, the pairs that begin at
//  an even place, and then those that begin at an odd one, are offered (1) in turn. The draws are those of β₀.
//  Cost       K + 1 times that of the sampler.

public import Arrays
import Foundation

/// Parallel tempering with any sampler.
public struct ReplicaExchange<Base: Sampler>: Sampler {
  /// What moves each replica.
  public let sampler: Base
  /// β. The first is 1.
  public let inverseTemperatures: [Double]

  /// Precondition: the inverse temperatures begin with 1, descend and stay positive; the sampler obeys temperatures, as a Gibbs sampler
  /// with conditionals in closed form does not.
  public init(_ sampler: Base, inverseTemperatures: [Double]) {
    precondition(
      inverseTemperatures.first == 1 && zip(inverseTemperatures, inverseTemperatures.dropFirst()).allSatisfy { $0 > $1 }
        && inverseTemperatures.allSatisfy { $0 > 0 },
      "inverse temperatures \(inverseTemperatures): they begin with 1 and descend")
    precondition(
      sampler.obeysTemperature,
      "conditionals in closed form are those of the density itself and not of its powers; use other blocks for replicas"
    )
    self.sampler = sampler
    self.inverseTemperatures = inverseTemperatures
  }

  /// So many replicas, with β in a geometric sequence down to the last. Precondition: count ≥ 2, 0 < least < 1.
  public init(_ sampler: Base, replicas count: Int, least: Double) {
    precondition(count >= 2 && least > 0 && least < 1, "\(count) replicas down to \(least)")
    self.init(
      sampler, inverseTemperatures: (0..<count).map { pow(least, Double($0) / Double(count - 1)) })
  }

  public func kernel(dimension: Int, warmUp: Int) -> Kernel {
    Kernel(
      inverseTemperatures: inverseTemperatures,
      kernels: inverseTemperatures.map { _ in sampler.kernel(dimension: dimension, warmUp: warmUp) })
  }

  public func workspace(of kernel: Kernel, dimension: Int) -> Base.Kernel.Workspace {
    sampler.workspace(of: kernel.kernels[0], dimension: dimension)
  }

  /// Without an energy fraction: an exchange changes the energy too, after the energy of the transition was recorded.
  public struct Kernel: MarkovKernel {
    let inverseTemperatures: [Double]
    private(set) var kernels: [Base.Kernel]
    /// The replicas at β₁ …, with β log p; empty before the first step.
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
    package mutating func place(_ positions: [[Double]], _ density: DensityFunction) {
      precondition(
        positions.count == kernels.count - 1, "\(positions.count) places for \(kernels.count - 1) hot replicas")
      replicas = zip(positions, inverseTemperatures.dropFirst()).map {
        rescaled(ChainPoint($0, density), from: 1, to: $1)
      }
    }

    public mutating func step(
      _ point: inout ChainPoint, _ density: DensityFunction, _ workspace: Base.Kernel.Workspace,
      using generator: inout Philox
    ) -> Transition {
      if replicas.isEmpty { replicas = inverseTemperatures.dropFirst().map { rescaled(point, from: 1, to: $0) } }
      lastTransitions = []
      for (k, beta) in inverseTemperatures.enumerated() {
        density.inverseTemperature = beta
        let transition =
          k == 0
          ? kernels[0].step(&point, density, workspace, using: &generator)
          : kernels[k].step(&replicas[k - 1], density, workspace, using: &generator)
        lastTransitions.append(transition)
      }
      density.inverseTemperature = 1
      for k in stride(from: startsOdd ? 1 : 0, to: replicas.count, by: 2) {
        exchange(k, &point, using: &generator)
      }
      startsOdd.toggle()
      var record = lastTransitions[0]
      record.evaluations = lastTransitions.reduce(0) { $0 + $1.evaluations }
      return record
    }

    /// Offers the exchange (1) of replicas k and k + 1.
    private mutating func exchange(_ k: Int, _ point: inout ChainPoint, using generator: inout Philox) {
      let (cool, hot) = (inverseTemperatures[k], inverseTemperatures[k + 1])
      let cooler = k == 0 ? point : replicas[k - 1]
      let hotter = replicas[k]
      let change = (cool - hot) * (hotter.logDensity / hot - cooler.logDensity / cool)
      offered[k] += 1
      guard log(generator.uniform()) < change else { return }
      accepted[k] += 1
      let down = rescaled(hotter, from: hot, to: cool)
      if k == 0 { point = down } else { replicas[k - 1] = down }
      replicas[k] = rescaled(cooler, from: cool, to: hot)
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
