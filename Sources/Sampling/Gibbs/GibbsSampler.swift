//  GibbsSampler.swift — one block of coordinates after the other, each given all others.
//
//  Equations  (1) a block with a known conditional: x_b ~ p(x_b | x_rest)                [Geman and Geman 1984]
//             (2) a block without: a Metropolis step of each of its coordinates, with a scale that the warm-up finds
//
//  Where conditionals are known nothing is tuned and nothing is rejected; correlated blocks mix slowly all the same.

public import Arrays
import Foundation
public import Probability

/// A Gibbs sampler.
public struct GibbsSampler: Sampler {
  /// How a block is drawn.
  public enum Block: Sendable {
    /// Writes a draw of some coordinates, given the others, into the position.
    case conditional(@Sendable (inout [Double], inout Philox) -> Void)
    /// Metropolis steps of these coordinates, one after the other: Metropolis within Gibbs.
    case metropolis(Range<Int>)

    /// Metropolis steps of the coordinates of a parameter. Precondition: the space has one of that name.
    public static func metropolis(_ name: String, in space: ParameterSpace) -> Block {
      .metropolis(space.coordinates(of: name))
    }
  }

  public let blocks: [Block]

  /// Precondition: at least one block. Together they reach every coordinate: checked before the first transition where none is drawn from
  /// a conditional, which may write anywhere.
  public init(_ blocks: [Block]) {
    precondition(!blocks.isEmpty, "a Gibbs sampler of no blocks")
    self.blocks = blocks
  }

  /// A conditional is that of the density itself, and not of a power of it.
  public var obeysTemperature: Bool {
    !blocks.contains { if case .conditional = $0 { true } else { false } }
  }

  public func kernel(dimension: Int, warmUp: Int) -> Kernel {
    Kernel(scales: (0..<dimension).map { _ in RobbinsMonroScale(start: 1, target: 0.44) })
  }

  public func workspace(of kernel: Kernel, dimension: Int) -> [Block] {
    for case .metropolis(let range) in blocks {
      precondition(
        range.lowerBound >= 0 && range.upperBound <= dimension, "a block \(range) of \(dimension) coordinates")
    }
    if obeysTemperature {
      var missing = Set(0..<dimension)
      for case .metropolis(let range) in blocks { missing.subtract(range) }
      precondition(
        missing.isEmpty,
        "no block moves coordinate \(missing.min() ?? 0) of \(dimension): together they reach every coordinate")
    }
    return blocks
  }

  public struct Kernel: MarkovKernel {
    public static var hasStepSize: Bool { false }

    private var scales: [RobbinsMonroScale]
    /// The acceptance of each coordinate's last step; `nil` for those of known conditionals.
    private var acceptances: [Double?]

    init(scales: [RobbinsMonroScale]) {
      self.scales = scales
      acceptances = scales.map { _ in nil }
    }

    public mutating func step(
      _ point: inout ChainPoint, _ density: DensityFunction, _ blocks: [Block], using generator: inout Philox
    ) -> Transition {
      for block in blocks {
        switch block {
        case .conditional(let draw):
          draw(&point.position, &generator)
          point.logDensity = value(point.position, density)
        case .metropolis(let range):
          for axis in range { acceptances[axis] = move(&point, axis, density, using: &generator) }
        }
      }
      let known = acceptances.compactMap { $0 }
      return Transition(
        acceptance: known.isEmpty ? 1 : known.reduce(0, +) / Double(known.count), stepSize: 1,
        energy: -point.logDensity)
    }

    private func move(
      _ point: inout ChainPoint, _ axis: Int, _ density: DensityFunction, using generator: inout Philox
    ) -> Double {
      let start = point.position[axis]
      point.position[axis] += scales[axis].value * generator.normal()
      let proposed = value(point.position, density)
      let acceptance = proposed.isNaN ? 0 : min(1, exp(proposed - point.logDensity))
      if generator.uniform() < acceptance {
        point.logDensity = proposed
      } else {
        point.position[axis] = start
      }
      return acceptance
    }

    private func value(_ position: [Double], _ density: DensityFunction) -> Double {
      position.withUnsafeBufferPointer { x in x.baseAddress.map { density($0) } ?? 0 }
    }

    public mutating func learn(from transition: Transition, at point: ChainPoint) {
      for axis in scales.indices {
        if let acceptance = acceptances[axis] { scales[axis].learn(acceptance: acceptance) }
      }
    }

    public mutating func finishWarmUp() {
      for axis in scales.indices { scales[axis].finish() }
    }
  }
}
