//  ChainsPosterior.swift — the draws of several chains, in memory or in files.
//
//  Equation   p(y | x, D) ≈ (1 / C S) Σ p(y | x, θ) over the S draws of each of C chains

public import Arrays
public import Networks
import Training

/// The draws of C chains, with equal weights.
public struct ChainsPosterior: Posterior {
  public let model: BayesianModel
  /// C.
  public let chainCount: Int
  /// S.
  public let drawsPerChain: Int
  private let storage: Storage

  private enum Storage {
    case memory(DrawsPosterior)
    /// A file for each chain.
    case files([DrawFile])
  }

  init(_ model: BayesianModel, drawsPerChain: Int, chains: [DrawCollector]) {
    self.model = model
    self.drawsPerChain = drawsPerChain
    chainCount = chains.count
    let files = chains.compactMap(\.file)
    if files.isEmpty {
      let (rows, count) = (chains.map(\.rows), chains.count * drawsPerChain)
      storage = .memory(
        DrawsPosterior(
          model: model, draws: DenseArray(rows.flatMap(\.draws), shape: [count, model.parameterCount]),
          states: DenseArray(rows.flatMap(\.states), shape: [count, model.network.stateCount])))
    } else {
      storage = .files(files)
    }
  }

  public var drawCount: Int { chainCount * drawsPerChain }

  /// The files that hold the draws, one for each chain; none when they are in memory.
  public var paths: [String] {
    guard case .files(let files) = storage else { return [] }
    return files.map(\.path)
  }

  public func predict(_ inputs: DenseArray<Float>, threads: Int) -> Predictive {
    switch storage {
    case .memory(let draws): return draws.predict(inputs, threads: threads)
    case .files(let files):
      let prediction = Prediction(model, drawCount: drawCount) { [drawsPerChain] row, parameters, state in
        files[row / drawsPerChain].copy(row % drawsPerChain, to: parameters, state: state)
      }
      return prediction.evaluate(inputs, threads: threads)
    }
  }

  /// Draws, each chosen independently.
  public func sample(_ count: Int, seed: UInt64) -> DrawsPosterior {
    precondition(count >= 1, "a sample of \(count) draws")
    var generator = Philox(seed: seed, stream: 0)
    return draws(at: (0..<count).map { _ in generator.integer(below: drawCount) })
  }

  /// The draws of a chain, in the order in which it made them.
  public func chain(_ index: Int) -> DrawsPosterior {
    precondition(index >= 0 && index < chainCount, "chain \(index) of \(chainCount)")
    return draws(at: Array(index * drawsPerChain..<(index + 1) * drawsPerChain))
  }

  /// All draws, in memory: chain after chain.
  public var draws: DrawsPosterior {
    let all = draws(at: Array(0..<drawCount))
    return DrawsPosterior(model: model, draws: all.draws, states: all.states, chainCount: chainCount)
  }

  private func draws(at rows: [Int]) -> DrawsPosterior {
    switch storage {
    case .memory(let all):
      return DrawsPosterior(model: model, draws: all.draws.rows(at: rows), states: all.states.rows(at: rows))
    case .files(let files):
      let (p, q) = (model.parameterCount, model.network.stateCount)
      var draws = [Float](repeating: 0, count: rows.count * p)
      var states = [Float](repeating: 0, count: rows.count * q)
      draws.withUnsafeMutableBufferPointer { draws in
        states.withUnsafeMutableBufferPointer { states in
          for (place, row) in rows.enumerated() {
            files[row / drawsPerChain].copy(
              row % drawsPerChain, to: UnsafeMutableBufferPointer(rebasing: draws[place * p..<(place + 1) * p]),
              state: UnsafeMutableBufferPointer(rebasing: states[place * q..<(place + 1) * q]))
          }
        }
      }
      return DrawsPosterior(
        model: model, draws: DenseArray(draws, shape: [rows.count, p]),
        states: DenseArray(states, shape: [rows.count, q]))
    }
  }
}
