//  Hamiltonian.swift — 1000 leapfrog steps on the posterior of a 13-50-1 tanh network over 455 rows, one gradient each.

import Credence
import Foundation

/// One chain: position, momentum and the gradient's executor, all on one thread. Each is used by one thread at a time.
private final class LeapfrogChain: @unchecked Sendable {
  private let executor: Executor<Float>
  private let position: UnsafeMutableBufferPointer<Float>
  private let momentum: UnsafeMutableBufferPointer<Float>

  init(_ plan: Plan, count: Int, seed: UInt64, pool: WorkerPool?) {
    executor = Executor(plan, pool: pool)
    position = executor.input(0)
    momentum = .allocate(capacity: count)
    _ = position.update(fromContentsOf: numbers(count, seed: seed, scale: 0.3))
    _ = momentum.initialize(fromContentsOf: numbers(count, seed: seed + 100))
  }

  func run(steps: Int) {
    let step: Float = 1e-4
    let gradient = executor.output(0)
    for _ in 0..<steps {
      for index in position.indices { position[index] += step * momentum[index] }
      executor.run()
      for index in momentum.indices { momentum[index] -= step * gradient[index] }
    }
  }
}

func hmcSmall(chains: Int, threads: Int) -> () -> Void {
  let network = Network.multilayerPerceptron(inputs: 13, hidden: [50], outputs: 1, activation: .tanh)
  // The data are constants of the program, as they are for every log density of the library and for the peers.
  let inputs = Tensor.constant(DenseArray(numbers(455 * 13, seed: 8), shape: [455, 13]))
  let targets = Tensor.constant(DenseArray(numbers(455, seed: 9), shape: [455]))
  let program = Program(inputs: [[network.parameterCount]]) { t in
    let outputs = network.apply(t[0], inputs).outputs.reshaped([455])
    let potential = (outputs - targets).squared.sum() * (0.5 / 0.25) + t[0].squared.sum() * 0.5
    return [gradient(of: potential, withRespectTo: t[0])]
  }
  let plan = Plan(program)
  let pool = chains == 1 ? WorkerPool(threads: threads) : nil
  let all = (0..<chains).map { LeapfrogChain(plan, count: network.parameterCount, seed: UInt64($0), pool: pool) }
  return {
    if chains == 1 {
      all[0].run(steps: 1000)
    } else {
      DispatchQueue.concurrentPerform(iterations: threads) { thread in
        for chain in stride(from: thread, to: chains, by: threads) { all[chain].run(steps: 1000) }
      }
    }
  }
}
