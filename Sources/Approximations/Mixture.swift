//  Mixture.swift — several posteriors of one method, each around its own mode, with equal weights.
//
//  Equation   p(θ | D) ≈ (1/M) Σ qₘ(θ),  qₘ fitted with its own seed       MultiSWAG [Wilson and Izmailov 2020],
//                                                                          mixtures of Laplace [Eschenhagen et al. 2021]
//
//  A prediction is the mixture of the components' own predictions where these integrate over θ, as linearised Laplace
//  approximations do. Otherwise it averages over S draws in all, the same number from every component (one more from the first
//  ones where M does not divide S). Components are fitted side by side, and each keeps its checkpoint in a folder of its own.
//
//  Cost       M fits, and M posteriors in memory.

public import Arrays
import Dispatch
public import Networks
import Synchronization
public import Training

/// A mixture of M posteriors of the same method.
public struct Mixture<Component: InferenceMethod>: InferenceMethod {
  public static var name: String { "multi-\(Component.name)" }

  public var component: Component
  /// M.
  public var components: Int
  /// S.
  public var draws: Int

  /// Precondition: components ≥ 1 and draws ≥ components.
  public init(_ component: Component, components: Int = 5, draws: Int = 30) {
    precondition(components >= 1, "a mixture of \(components) components")
    if let problem = Self.problem(components: components, draws: draws) { preconditionFailure(problem) }
    self.component = component
    self.components = components
    self.draws = draws
  }

  /// What is wrong with so many draws, and what to do, or `nil`.
  package static func problem(components: Int, draws: Int) -> String? {
    draws >= components
      ? nil
      : "a mixture of \(components) components averages over a draw of each at least, and \(draws) draws are fewer; let draws be "
        + "\(components) or more, or take fewer components"
  }

  public func fit(
    _ model: BayesianModel, to examples: Examples, seed: UInt64, control: RunControl
  ) throws(TrainingError) -> MixturePosterior<Component.Fitted> {
    if let asking = component as? any MemoryAsking, let problem = asking.memoryProblem(for: model, fits: components) {
      throw .unusable(problem)
    }
    let workers = min(control.threads, components)
    let state = Mutex(FitState<Component.Fitted>(waiting: Array((0..<components).reversed())))
    let component = component
    let components = components
    @Sendable func work() {
      while let index = state.withLock({ $0.failure == nil ? $0.waiting.popLast() : nil }) {
        var seeds = Philox(seed: seed, stream: UInt64(index))
        let own = control.component(index, of: components, threads: max(1, control.threads / workers))
        do {
          let fitted = try component.fit(model, to: examples, seed: seeds.next(), control: own)
          state.withLock { $0.fitted[index] = fitted }
        } catch {
          state.withLock { if $0.failure == nil { $0.failure = error } }
        }
      }
    }
    DispatchQueue.concurrentPerform(iterations: workers) { _ in work() }
    let (fitted, failure) = state.withLock { ($0.fitted, $0.failure) }
    if let failure { throw failure }
    return MixturePosterior(
      components: (0..<components).compactMap { fitted[$0] }, draws: draws, seed: seed)
  }
}

private struct FitState<Fitted: Sendable>: Sendable {
  var waiting: [Int]
  var fitted: [Int: Fitted] = [:]
  var failure: TrainingError?
}

/// M posteriors of one model, with equal weights.
public struct MixturePosterior<Component: Posterior>: Posterior {
  public let components: [Component]
  /// S, and what the draws of predictions are a function of.
  public var draws: Int
  public var seed: UInt64

  /// Precondition: at least one component, and draws ≥ components.
  public init(components: [Component], draws: Int, seed: UInt64) {
    precondition(
      !components.isEmpty && draws >= components.count, "\(draws) draws from \(components.count) components")
    self.components = components
    self.draws = draws
    self.seed = seed
  }

  public var model: BayesianModel { components[0].model }

  public var predictsWithoutDraws: Bool { components.allSatisfy(\.predictsWithoutDraws) }

  public func predict(_ inputs: DenseArray<Float>, threads: Int) -> Predictive {
    if predictsWithoutDraws {
      return Predictive(mixing: components.map { $0.predict(inputs, threads: threads) })
    }
    return sample(draws, seed: seed).predict(inputs, threads: threads)
  }

  /// Draws from the components in turn: component m gives ⌈(count − m) / M⌉.
  public func sample(_ count: Int, seed: UInt64) -> DrawsPosterior {
    precondition(count >= 1, "a sample of \(count) draws")
    let shares = components.indices.map { (count - $0 + components.count - 1) / components.count }
    var random = Philox(seed: seed)
    let parts = zip(components, shares).map { component, share in
      let seed = random.next()
      return share > 0 ? component.sample(share, seed: seed) : nil
    }.compactMap { $0 }
    return DrawsPosterior(
      model: model,
      draws: DenseArray(parts.flatMap(\.draws.elements), shape: [count, model.parameterCount]),
      states: DenseArray(parts.flatMap(\.states.elements), shape: [count, model.network.stateCount]))
  }
}
