//  MarkovChainsTests.swift — chains on a model whose posterior is known; stops, threads, and what chains say of themselves.
//
//  Draws: 4 chains of 500, thinned by 2, on two parameters, of which NUTS makes nearly independent draws. With at least 800 effective
//  ones the standard error of a mean is 0.035 deviations, and that of a variance 5 %; the tolerances are more than four of these.

import Approximations
import Arrays
import Evaluation
import Foundation
import Networks
import Optimization
import Probability
import Sampling
import Synchronization
import Testing
import Training

@Suite struct MarkovChainsTests {
  private static let short = MarkovChains(chains: 3, warmUp: 60, draws: 20, thinning: 2)

  private func small(_ examples: Examples = LinearGaussianData.examples) -> BayesianModel {
    BayesianModel(
      .multilayerPerceptron(inputs: 1, hidden: [3], outputs: 1, activation: .tanh), prior: .normal(scale: 1),
      likelihood: .gaussian(noise: .learned))
  }

  @Test(
    arguments: [
      MarkovChains.Dynamics.noUTurn(), .hamiltonian(meanSteps: 8),
    ], DensityPrecision.allCases)
  func drawsHaveTheMomentsOfTheExactPosterior(
    dynamics: MarkovChains.Dynamics, precision: DensityPrecision
  ) throws {
    let method = MarkovChains(dynamics, chains: 4, warmUp: 300, draws: 500, thinning: 2, precision: precision)
    let posterior = try method.fit(
      LinearGaussianData.model, to: LinearGaussianData.examples, seed: 3, control: RunControl(threads: 2))
    let (mean, covariance) = LinearGaussianData.moments(posterior.draws.draws)
    let exact = LinearGaussianData.posterior
    for i in 0..<2 {
      let variance = exact.covariance[2 * i]
      #expect(abs(mean[i] - exact.mean[i]) < 0.16 * variance.squareRoot(), "\(mean[i]) for \(exact.mean[i])")
      #expect(abs(covariance[2 * i] / variance - 1) < 0.22, "\(covariance[2 * i]) for \(variance)")
    }
    #expect(posterior.chainCount == 4 && posterior.drawsPerChain == 500)
    #expect(posterior.divergences == 0 && posterior.gradientCount > 4 * 1300)
  }

  @Test func threadsChangeNoBitAndSeedsDo() throws {
    let (model, examples) = (small(), LinearGaussianData.examples)
    func draws(_ threads: Int, seed: UInt64 = 1) throws -> PosteriorContents {
      try Self.short.fit(model, to: examples, seed: seed, control: RunControl(threads: threads)).contents
    }
    let one = try draws(1)
    #expect(try one == draws(2) && one == draws(8))
    #expect(try one.arrays["draws"] != draws(1, seed: 2).arrays["draws"])
  }

  @Test func aRunThatIsStoppedGoesOnToTheSameBits() throws {
    let (model, examples) = (small(), LinearGaussianData.examples)
    let whole = try Self.short.fit(model, to: examples, seed: 1, control: RunControl(threads: 1)).contents
    let path = FileManager.default.temporaryDirectory.appending(path: "chains-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    var resumes = false
    var stops = 0
    while true {
      let left = Mutex(70)
      let control = RunControl(
        threads: 2, checkpoint: CheckpointFolder(path: path, resumes: resumes, interval: 0.001),
        shouldStop: {
          left.withLock {
            $0 -= 1
            return $0 < 0
          }
        })
      do {
        #expect(try Self.short.fit(model, to: examples, seed: 1, control: control).contents == whole)
        break
      } catch TrainingError.interrupted(let epochs, let canResume) {
        #expect(epochs > 0 && canResume)
        (resumes, stops) = (true, stops + 1)
      }
    }
    #expect(stops >= 2)
    let other = RunControl(threads: 1, checkpoint: CheckpointFolder(path: path, resumes: true))
    #expect(throws: TrainingError.foreignCheckpoint(path: path + "/member-0.safetensors")) {
      try Self.short.fit(model, to: examples, seed: 2, control: other)
    }
  }

  @Test func chainsThatAreKeptGoOnToMoreDraws() throws {
    let (model, examples) = (small(), LinearGaussianData.examples)
    let path = FileManager.default.temporaryDirectory.appending(path: "chains-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    func fit(_ draws: Int, _ checkpoint: CheckpointFolder? = nil) throws -> MarkovChainsPosterior {
      var method = Self.short
      method.draws = draws
      return try method.fit(model, to: examples, seed: 1, control: RunControl(threads: 2, checkpoint: checkpoint))
    }
    func kept(resumes: Bool) -> CheckpointFolder {
      CheckpointFolder(path: path, resumes: resumes, keepsFinished: true)
    }
    let (short, long) = (try fit(20), try fit(45))
    #expect(try fit(20, kept(resumes: false)).contents == short.contents && kept(resumes: true).holdsMembers)
    #expect(try fit(45, kept(resumes: true)).contents == long.contents)
    // What is there is enough for fewer.
    let first = try fit(20, kept(resumes: true))
    #expect(first.draws.draws == short.draws.draws && first.gradientCount == long.gradientCount)
    #expect(try fit(45, kept(resumes: true)).contents == long.contents, "and nothing of it is lost")
  }

  @Test func divergentTransitionsCountWhateverTheThinning() throws {
    // Steps that are tuned to be far too long.
    let model = small()
    func divergences(draws: Int, thinning: Int) throws -> Int {
      try MarkovChains(
        .hamiltonian(meanSteps: 20), chains: 2, warmUp: 30, draws: draws, thinning: thinning, acceptance: 0.02
      )
      .fit(model, to: LinearGaussianData.examples, seed: 1, control: RunControl(threads: 1)).divergences
    }
    let all = try divergences(draws: 400, thinning: 1)
    // More than the 80 draws of the thinned run.
    #expect(all > 80, "\(all)")
    #expect(try divergences(draws: 40, thinning: 10) == all)
  }

  @Test func progressCountsTransitionsOfEachChain() throws {
    let events = Mutex<[TrainingEvent]>([])
    let control = RunControl(threads: 2, progress: { event in events.withLock { $0.append(event) } })
    _ = try Self.short.fit(small(), to: LinearGaussianData.examples, seed: 1, control: control)
    let last = events.withLock { $0.filter(\.isLast) }
    #expect(last.map(\.member).sorted() == [0, 1, 2] && last.allSatisfy { $0.epoch == 100 && $0.loss.isFinite })
  }

  @Test func chainsOfOneDensityAgreeAndChainsThatWereShiftedDoNot() throws {
    let method = MarkovChains(chains: 4, warmUp: 200, draws: 250, thinning: 4)
    let posterior = try method.fit(
      LinearGaussianData.model, to: LinearGaussianData.examples, seed: 3, control: RunControl(threads: 2))
    let inputs = DenseArray<Float>([-1, 0, 2], shape: [3, 1])
    let agreeing = posterior.convergence(at: inputs, threads: 1)
    #expect(agreeing.quantityCount == 3 && agreeing.isConverged, "\(agreeing)")
    #expect(agreeing.leastBulkEffectiveSampleSize >= 400 && agreeing.leastTailEffectiveSampleSize >= 400)
    var elements = posterior.draws.draws.elements
    for index in 0..<500 { elements[index] += 1 }
    let shifted = MarkovChainsPosterior(
      draws: DrawsPosterior(
        model: posterior.model, draws: DenseArray(elements, shape: posterior.draws.draws.shape),
        states: posterior.draws.states), chainCount: 4, divergences: 0, saturatedTrees: 0, gradientCount: 0)
    let parted = shifted.convergence(at: inputs, threads: 1)
    #expect(!parted.isConverged && parted.greatestRHat > 1.5, "\(parted)")
  }

  @Test func chainsEndWherePredictionsHaveEnoughEffectiveDraws() throws {
    let (model, examples) = (LinearGaussianData.model, LinearGaussianData.examples)
    let path = FileManager.default.temporaryDirectory.appending(path: "chains-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    func fit(
      draws: Int, effective: Int? = nil, threads: Int = 2, _ checkpoint: CheckpointFolder? = nil
    ) throws -> MarkovChainsPosterior {
      try MarkovChains(
        chains: 4, warmUp: 200, draws: draws, thinning: 2, ending: MarkovChains.Ending(effectiveDraws: effective)
      ).fit(model, to: examples, seed: 3, control: RunControl(threads: threads, checkpoint: checkpoint))
    }
    let posterior = try fit(draws: 5000, effective: 400)
    let (count, found) = (posterior.drawsPerChain, posterior.convergence(at: examples.inputs, threads: 1))
    #expect(found.leastEffectiveDraws >= 400 && found.greatestRHat <= 1.01 && count >= 100 && count < 600, "\(count)")
    // They are the first draws of the chains, for any number of threads.
    #expect(try fit(draws: count).draws.draws == posterior.draws.draws)
    #expect(try fit(draws: 5000, effective: 400, threads: 1).contents == posterior.contents)
    // Fewer than 400 effective ones where it was asked before: 50 less, or a sixth.
    let before = count <= 250 ? count - 50 : (50..<count).last { $0 + max(50, $0 / 5) == count } ?? 0
    let short = try fit(draws: before).convergence(at: examples.inputs, threads: 1)
    #expect(short.leastEffectiveDraws < 400 || short.greatestRHat > 1.01, "\(short)")
    // Chains that have more by far end at the same place, and so do those that were stopped.
    _ = try fit(draws: 700, CheckpointFolder(path: path, resumes: false, keepsFinished: true))
    let again = try fit(
      draws: 5000, effective: 400, CheckpointFolder(path: path, resumes: true, keepsFinished: true))
    #expect(again.draws.draws == posterior.draws.draws)
    #expect(try fit(draws: 30, effective: 400).drawsPerChain == 30, "and at all draws at the latest")
  }

  /// Where a run was stopped that can go on.
  private func stop(_ error: TrainingError) throws -> Int {
    guard case .interrupted(let epochs, let canResume) = error, canResume else { throw error }
    return epochs
  }

  @Test(arguments: [MarkovChains.Dynamics.noUTurn(), .hamiltonian(meanSteps: 8)])
  func chainsThatAreStoppedUnderTheRuleEndAtTheSameBits(dynamics: MarkovChains.Dynamics) throws {
    let (model, examples) = (LinearGaussianData.model, LinearGaussianData.examples)
    let path = FileManager.default.temporaryDirectory.appending(path: "chains-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let method = MarkovChains(
      dynamics, chains: 4, warmUp: 100, draws: 5000, thinning: 2,
      ending: MarkovChains.Ending(effectiveDraws: 400))
    let whole = try method.fit(model, to: examples, seed: 3, control: RunControl(threads: 1))
    #expect(whole.drawsPerChain > 50 && whole.drawsPerChain < 600, "\(whole.drawsPerChain)")
    var places: [Int] = []
    while true {
      let left = Mutex(150)
      let control = RunControl(
        threads: 2, checkpoint: CheckpointFolder(path: path, resumes: !places.isEmpty, interval: 0.001),
        shouldStop: {
          left.withLock {
            $0 -= 1
            return $0 < 0
          }
        })
      let end: MarkovChainsPosterior
      do { end = try method.fit(model, to: examples, seed: 3, control: control) } catch {
        places.append(try stop(error))
        continue
      }
      #expect(end.contents == whole.contents)
      break
    }
    // In the warm-up, before the rule is asked first, at 50 draws of each chain, and after.
    let (warmUp, first) = (4 * 100, 4 * (100 + 2 * 50))
    #expect(places.contains { $0 < warmUp } && places.contains { $0 > warmUp && $0 < first })
    #expect(places.contains { $0 > first }, "\(places)")
  }

  @Test func chainsEndWithTheirTime() throws {
    func fit(draws: Int, seconds: Double? = nil, warmUp: Int = 50) throws -> MarkovChainsPosterior {
      try MarkovChains(
        chains: 3, warmUp: warmUp, draws: draws, thinning: 1, ending: MarkovChains.Ending(seconds: seconds)
      ).fit(LinearGaussianData.model, to: LinearGaussianData.examples, seed: 3, control: RunControl(threads: 2))
    }
    let posterior = try fit(draws: 900_000, seconds: 0.3)
    let count = posterior.drawsPerChain
    #expect(count > 0 && count < 900_000, "\(count)")
    #expect(try fit(draws: count).draws.draws == posterior.draws.draws)
    #expect(throws: TrainingError.self) { try fit(draws: 10, seconds: 0.05, warmUp: 100_000_000) }
  }

  @Test func theLeastEnergyFractionIsKeptWhereItIsKnown() throws {
    let fitted = try Self.short.fit(
      small(), to: LinearGaussianData.examples, seed: 1, control: RunControl(threads: 2))
    let least = try #require(fitted.leastEnergyFraction)
    #expect(least > 0.1 && least < 3)
    var contents = fitted.contents
    #expect(try MarkovChainsPosterior(model: fitted.model, contents: contents).leastEnergyFraction == least)
    // A file of before.
    contents.numbers["leastEnergyFraction"] = nil
    #expect(try MarkovChainsPosterior(model: fitted.model, contents: contents).leastEnergyFraction == nil)
    contents.numbers["leastEnergyFraction"] = -1
    #expect(throws: PosteriorFault.self) { try MarkovChainsPosterior(model: fitted.model, contents: contents) }
  }

  @Test func aPredictionThatNeverVariesSaysNothingOfConvergence() {
    let varying = Chains((0..<2).map { chain in (0..<40).map { sin(Double(7 * $0 + chain)) } })
    let constant = Chains([[Double]](repeating: [Double](repeating: 1, count: 40), count: 2))
    let both = PredictionConvergence(of: [constant, varying])
    #expect(both.quantityCount == 2 && both.constantCount == 1 && both.greatestRHat == varying.rHat)
    let apart = PredictionConvergence(
      of: [Chains([[Double](repeating: 1, count: 40), [Double](repeating: 2, count: 40)]), varying])
    #expect(!apart.isConverged && apart.constantCount == 0)
    #expect(!PredictionConvergence(of: [constant]).isConverged)
  }

  /// Of halves of 15 draws the limit is √(20 / 7) where parts are of 7.
  @Test func shortChainsAreHeldToWhatChanceExplains() {
    func convergence(trend: Double) -> PredictionConvergence {
      var generator = Philox(seed: 5)
      let chains = (0..<200).map { _ in
        Chains((0..<2).map { half in (0..<15).map { _ in generator.normal() + trend * Double(half) } })
      }
      return PredictionConvergence(of: chains)
    }
    let settled = convergence(trend: 0)
    #expect(settled.drawsPerChain == 15 && settled.greatestRHat > 1.1, "\(settled)")
    #expect(!settled.isBeyondChance && !settled.isConverged)
    #expect(convergence(trend: 4).isBeyondChance)
    // The seventh of fifteen draws is in no half.
    let odd = Chains([(0..<15).map { $0 == 7 ? 0.5 : 1 }, [Double](repeating: 1, count: 15)])
    let varying = Chains((0..<2).map { chain in (0..<15).map { sin(Double(7 * $0 + chain)) } })
    let both = PredictionConvergence(of: [odd, varying])
    #expect(both.constantCount == 1 && both.greatestRHat == varying.rHat)
  }

  @Test func drawsKnowTheChainsThatTheyAreOf() throws {
    let sampler = StochasticGradientMCMC(
      path: .stationary(.constant(0.01), burnIn: 0.5), epochs: 20, draws: 8, chains: 2)
    let draws = try sampler.fit(
      LinearGaussianData.model, to: LinearGaussianData.examples, seed: 1, control: RunControl(threads: 1)
    ).draws
    #expect(draws.chainCount == 2)
    #expect(try DrawsPosterior(model: draws.model, contents: draws.contents).chainCount == 2)
    var contents = draws.contents
    contents.numbers["chains"] = 3
    #expect(throws: PosteriorFault("16 draws are not those of 3 chains")) {
      try DrawsPosterior(model: draws.model, contents: contents)
    }
    // An ensemble, and a file of before.
    contents.numbers["chains"] = nil
    #expect(try DrawsPosterior(model: draws.model, contents: contents).chainCount == nil)
  }

  @Test func chainsWithoutEnoughDrawsOfTheTailsHaveNotConverged() {
    // Ten draws in a hundred are wide, one after the other: in rank and location all are as good as independent.
    let chains = Chains(
      (0..<4).map { chain in
        var generator = Philox(seed: 2, stream: UInt64(chain))
        return (0..<400).map { ($0 % 100 < 10 ? 1 : 0.01) * generator.normal() }
      })
    let convergence = PredictionConvergence(of: [chains])
    #expect(convergence.greatestRHat <= 1.01 && convergence.leastBulkEffectiveSampleSize >= 400, "\(convergence)")
    #expect(convergence.leastTailEffectiveSampleSize < 400 && !convergence.isConverged, "\(convergence)")
  }

  @Test func whatHasNoPosteriorIsRefusedInASentence() {
    let examples = LinearGaussianData.examples
    let normalised = BayesianModel(
      Network(inputs: 1) {
        Dense(2)
        BatchNormalization()
        Dense(1)
      }, prior: .normal(scale: 1), likelihood: .gaussian(noise: .fixed(1)))
    let flat = BayesianModel(
      Network(inputs: 1) { Dense(1) }, prior: .flat, likelihood: .gaussian(noise: .fixed(1)))
    for model in [normalised, flat] {
      let error = #expect(throws: TrainingError.self) {
        _ = try Self.short.fit(model, to: examples, seed: 0, control: RunControl(threads: 1))
      }
      guard case .unusable = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
    }
  }
}
