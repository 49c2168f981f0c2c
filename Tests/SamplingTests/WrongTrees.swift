//  WrongTrees.swift — a No-U-Turn sampler written anew and plainly, and faults to choose, to show that the harness sees them.
//
//  With no fault it is the multinomial sampler of Betancourt [2017] with a unit metric, whose subtrees are drawn by weight and whose
//  doublings prefer the new half.

import Arrays
import Foundation
import Sampling

struct WrongTrees: Sampler {
  enum Fault: String, Codable, CaseIterable, Sendable {
    /// Nothing is wrong.
    case none
    /// Momenta are drawn a tenth too large.
    case largeMomenta
    /// The new half is preferred within subtrees too, as it may be at the top alone.
    case biasedSubtrees
    /// A draw may come from a half that has turned in itself, from which the whole would not have grown.
    case drawsFromTurned
    /// Weights leave out the kinetic energy.
    case forgetsMomentum
  }

  let fault: Fault
  let stepSize: Double

  func kernel(dimension: Int, warmUp: Int) -> Kernel { Kernel(fault: fault, stepSize: stepSize) }

  func workspace(of kernel: Kernel, dimension: Int) {}

  struct Kernel: MarkovKernel {
    let fault: Fault
    let stepSize: Double

    private struct Phase {
      var point: ChainPoint
      var momentum: [Double]
    }

    /// A piece of a trajectory.
    private struct Tree {
      var first, last: Phase
      var draw: ChainPoint
      /// log Σ exp(−H).
      var logWeight: Double
      var hasTurned: Bool
    }

    mutating func step(
      _ point: inout ChainPoint, _ density: DensityFunction, _ workspace: Void, using generator: inout Philox
    ) -> Transition {
      let scale = fault == .largeMomenta ? 1.1 : 1
      let start = Phase(point: point, momentum: point.position.map { _ in scale * generator.normal() })
      var tree = leaf(start)
      var depth = 0
      while depth < 8 && !tree.hasTurned {
        let isForward = generator.next() & 1 == 0
        let half = grown(from: isForward ? tree.last : tree.first, isForward, depth, density, using: &generator)
        depth += 1
        if half.hasTurned && fault != .drawsFromTurned { break }
        let share = exp(half.logWeight - tree.logWeight)
        tree = joined(tree, half, isForward, takesHalf: generator.uniform() < share)
      }
      point = tree.draw
      return Transition(acceptance: 1, stepSize: stepSize, energy: -point.logDensity, treeDepth: depth)
    }

    private func leaf(_ phase: Phase) -> Tree {
      let kinetic = fault == .forgetsMomentum ? 0 : 0.5 * phase.momentum.reduce(0) { $0 + $1 * $1 }
      let weight = phase.point.logDensity - kinetic
      return Tree(first: phase, last: phase, draw: phase.point, logWeight: weight, hasTurned: !weight.isFinite)
    }

    private func grown(
      from phase: Phase, _ isForward: Bool, _ depth: Int, _ density: DensityFunction, using generator: inout Philox
    ) -> Tree {
      guard depth > 0 else { return leaf(moved(phase, isForward ? stepSize : -stepSize, density)) }
      let near = grown(from: phase, isForward, depth - 1, density, using: &generator)
      if near.hasTurned { return near }
      let far = grown(from: isForward ? near.last : near.first, isForward, depth - 1, density, using: &generator)
      let odds = exp(far.logWeight - near.logWeight)
      let share = fault == .biasedSubtrees ? odds : odds / (1 + odds)
      return joined(near, far, isForward, takesHalf: generator.uniform() < share)
    }

    private func joined(_ tree: Tree, _ half: Tree, _ isForward: Bool, takesHalf: Bool) -> Tree {
      let (first, last) = isForward ? (tree.first, half.last) : (half.first, tree.last)
      let (low, high) = (min(tree.logWeight, half.logWeight), max(tree.logWeight, half.logWeight))
      func velocity(along momentum: [Double]) -> Double {
        momentum.indices.reduce(0) {
          $0 + momentum[$1] * (last.point.position[$1] - first.point.position[$1])
        }
      }
      let turns = velocity(along: first.momentum) < 0 || velocity(along: last.momentum) < 0
      return Tree(
        first: first, last: last, draw: takesHalf ? half.draw : tree.draw, logWeight: high + log1p(exp(low - high)),
        hasTurned: half.hasTurned || turns)
    }

    /// A leapfrog step.
    private func moved(_ phase: Phase, _ size: Double, _ density: DensityFunction) -> Phase {
      var momentum = phase.momentum
      for i in momentum.indices { momentum[i] += 0.5 * size * phase.point.gradient[i] }
      let point = ChainPoint(zip(phase.point.position, momentum).map { $0 + size * $1 }, density)
      for i in momentum.indices { momentum[i] += 0.5 * size * point.gradient[i] }
      return Phase(point: point, momentum: momentum)
    }

    mutating func learn(from transition: Transition, at point: ChainPoint) {}
    mutating func finishWarmUp() {}
  }
}
