//  ChainRunTests.swift — chains as runs: threads, interruption, draws on disk.

import Approximations
import Arrays
import Datasets
import Foundation
import Networks
import Optimization
import Probability
import Programs
import Synchronization
import Testing
import Training

/// A folder that does not exist yet, for one test.
func temporaryFolder() -> String {
  FileManager.default.temporaryDirectory.appending(path: "credence-\(UInt64.random(in: 0 ... .max))").path
}

/// Fits again and again, each time stopped after another number of epochs, until the fit is done.
func fitInPieces<Method: InferenceMethod>(
  _ method: Method, _ model: BayesianModel, _ examples: Examples, seed: UInt64, threads: Int
) throws -> (fitted: Method.Fitted, pieces: Int) {
  let folder = CheckpointFolder(path: temporaryFolder(), resumes: true, interval: 0)
  defer { folder.remove() }
  for piece in 1... {
    let left = Atomic(1 + piece % 3)
    let control = RunControl(
      threads: threads, checkpoint: folder,
      shouldStop: { left.subtract(1, ordering: .sequentiallyConsistent).newValue <= 0 })
    do {
      return (try method.fit(model, to: examples, seed: seed, control: control), piece)
    } catch {
      guard case .interrupted(_, canResume: true) = error else { throw error }
    }
  }
  preconditionFailure("every fit ends")
}

/// A curve with noise. Inputs of shape [rows, 3], targets [rows].
func curve(rows: Int) -> Examples {
  var random = Philox(seed: 1)
  let inputs: DenseArray<Float> = random.normal(shape: [rows, 3])
  let targets = (0..<rows).map { row in
    sin(2 * inputs[row, 0]) + 0.5 * inputs[row, 1] + 0.1 * Float(random.normal())
  }
  return Examples(inputs: inputs, targets: DenseArray(targets))
}

/// Wide enough that updates have several parts.
let wideNormalisedModel = BayesianModel(
  Network(inputs: 3) {
    Dense(200)
    BatchNormalization()
    Activation.relu
    Dense(200)
    Activation.relu
    Dense(1)
  }, prior: .normal(scale: 1), likelihood: .gaussian(noise: .learned))

@Suite struct ChainRunTests {
  private static let examples = curve(rows: 90)

  private static func sampler(
    _ dynamics: StochasticDynamics, chains: Int = 1, storage: DrawStorage = .memory()
  ) -> StochasticGradientMCMC {
    StochasticGradientMCMC(
      dynamics, path: .cyclical(0.003, cycles: 2, exploration: 0.5), epochs: 8, batchSize: 20, draws: 6, chains: chains,
      storage: storage)
  }

  @Test(arguments: [
    StochasticDynamics.langevin, .preconditionedLangevin(), .hamiltonian(), .thermostat(relaxation: 0.1),
  ])
  func threadsAndInterruptionsChangeNoBit(dynamics: StochasticDynamics) throws {
    let model = wideNormalisedModel
    for chains in [1, 3] {
      let sampler = Self.sampler(dynamics, chains: chains)
      let whole = try sampler.fit(model, to: Self.examples, seed: 3, control: RunControl(threads: 1)).draws
      #expect(whole.drawCount == 6 * chains && whole.draws.elements.allSatisfy { $0.isFinite })
      for threads in [2, 3, 8] {
        let shared = try sampler.fit(model, to: Self.examples, seed: 3, control: RunControl(threads: threads)).draws
        #expect(shared.draws == whole.draws && shared.states == whole.states)
      }
      let (pieced, pieces) = try fitInPieces(sampler, model, Self.examples, seed: 3, threads: 2)
      #expect(pieces >= 3)
      #expect(pieced.draws.draws == whole.draws && pieced.draws.states == whole.states)
    }
  }

  @Test(arguments: [
    StochasticDynamics.langevin, .preconditionedLangevin(), .hamiltonian(), .thermostat(relaxation: 0.1),
  ])
  func anOptimiserOnTheWayChangesNoBitEither(dynamics: StochasticDynamics) throws {
    let sampler = StochasticGradientMCMC(
      dynamics, path: .modes(from: 0.01, sampling: 0.001, cycles: 2, exploration: 0.5, burnIn: 0.3), epochs: 8,
      batchSize: 20, draws: 6, chains: 2)
    let whole = try sampler.fit(wideNormalisedModel, to: Self.examples, seed: 3, control: RunControl(threads: 1)).draws
    #expect(whole.draws.elements.allSatisfy { $0.isFinite } && whole.draws.rows(0..<1) != whole.draws.rows(3..<4))
    let shared = try sampler.fit(wideNormalisedModel, to: Self.examples, seed: 3, control: RunControl(threads: 3)).draws
    #expect(shared.draws == whole.draws && shared.states == whole.states)
    let (pieced, pieces) = try fitInPieces(sampler, wideNormalisedModel, Self.examples, seed: 3, threads: 2)
    #expect(pieces >= 3 && pieced.draws.draws == whole.draws)
  }

  @Test func theOptimiserOfAPathIsATrainingRun() throws {
    // A chain that does not move afterwards stays at the mode that training finds: five of ten epochs.
    let sampler = StochasticGradientMCMC(
      .hamiltonian(), path: .modes(from: 0.01, sampling: 0, exploration: 0.5), epochs: 10, batchSize: 20, draws: 2)
    let model = wideNormalisedModel
    let chain = try sampler.fit(model, to: Self.examples, seed: 3, control: RunControl(threads: 1)).draws
    let training = TrainingConfiguration(epochs: 5, batchSize: 20, schedule: .cosine(0.01))
    let mode = try MaximumAPosteriori(training: training).fit(model, to: Self.examples, seed: 3, control: RunControl())
    #expect(chain.draws.rows(1..<2) == mode.draws)
  }

  @Test func aSecondCycleBeginsWithAnOptimiserThatHasForgotten() throws {
    // As many epochs of a new optimiser from where the first cycle ended: with full batches the order of rows is no matter.
    let model = BayesianModel(
      .multilayerPerceptron(inputs: 3, hidden: [20], outputs: 1, activation: .tanh), prior: .normal(scale: 1),
      likelihood: .gaussian(noise: .fixed(0.2)))
    func chain(cycles: Int) throws -> DenseArray<Float> {
      try StochasticGradientMCMC(
        .hamiltonian(), path: .modes(from: 0.01, sampling: 0, cycles: cycles, exploration: 0.8), epochs: 20 * cycles,
        batchSize: 90, draws: cycles
      ).fit(model, to: Self.examples, seed: 3, control: RunControl(threads: 1)).draws.draws
    }
    let two = try chain(cycles: 2)
    #expect(
      relativeDifference(two.rows(0..<1).elements.map(Double.init), try chain(cycles: 1).elements.map(Double.init))
        < 1e-5)
    var parameters = two.rows(0..<1).elements
    let optimizer = OptimizerState<Float>(.adam(), count: parameters.count)
    let program = Program(inputs: [[model.parameterCount]]) { t in
      let (logJoint, _) = model.minibatchLogJoint(
        t[0], .constant(Self.examples.inputs), .constant(Self.examples.targets), dataCount: 90)
      return [gradient(of: logJoint * (-1.0 / 90), withRespectTo: t[0])]
    }
    let executor = Executor<Float>(Plan(program))
    for step in 0..<16 {
      _ = executor.input(0).update(fromContentsOf: parameters)
      executor.run()
      parameters.withUnsafeMutableBufferPointer {
        optimizer.step(
          parameters: $0, gradient: UnsafeBufferPointer(executor.output(0)),
          learningRate: LearningRateSchedule.cosine(0.01).rate(step: step, of: 16))
      }
    }
    #expect(relativeDifference(two.rows(1..<2).elements.map(Double.init), parameters.map(Double.init)) < 1e-4)
  }

  @Test func chainsAndSeedsDiffer() throws {
    let posterior = try Self.sampler(.langevin, chains: 2).fit(
      wideNormalisedModel, to: Self.examples, seed: 3, control: RunControl())
    #expect(posterior.chain(0).draws != posterior.chain(1).draws)
    let other = try Self.sampler(.langevin, chains: 2).fit(
      wideNormalisedModel, to: Self.examples, seed: 4, control: RunControl())
    #expect(posterior.draws.draws != other.draws.draws)
  }

  @Test func anchorsAreRemembered() throws {
    let model = BayesianModel(
      .multilayerPerceptron(inputs: 3, hidden: [20], outputs: 1, activation: .tanh), prior: .normal(scale: 1),
      likelihood: .gaussian(noise: .fixed(0.2)))
    let sampler = StochasticGradientMCMC(
      .hamiltonian(), path: .stationary(.constant(0.002)), epochs: 9, batchSize: 20, draws: 4,
      control: .anchored(everyEpochs: 3))
    let whole = try sampler.fit(model, to: Self.examples, seed: 3, control: RunControl(threads: 1)).draws
    let (pieced, pieces) = try fitInPieces(sampler, model, Self.examples, seed: 3, threads: 1)
    #expect(pieces >= 3 && pieced.draws.draws == whole.draws)
  }

  @Test func drawsOnDiskAreThoseInMemory() throws {
    let folder = temporaryFolder()
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let model = wideNormalisedModel
    let memory = try Self.sampler(.hamiltonian(), chains: 2).fit(
      model, to: Self.examples, seed: 3, control: RunControl())
    let streaming = Self.sampler(.hamiltonian(), chains: 2, storage: .disk(folder: folder, above: 1000))
    let disk = try streaming.fit(model, to: Self.examples, seed: 3, control: RunControl())
    #expect(memory.paths.isEmpty)
    #expect(disk.paths == [0, 1].map { "\(folder)/chain-\($0).safetensors" })
    #expect(disk.draws.draws == memory.draws.draws && disk.draws.states == memory.draws.states)
    let inputs = Self.examples.inputs
    #expect(disk.predict(inputs).mean == memory.predict(inputs).mean)
    #expect(disk.sample(5, seed: 2).draws == memory.sample(5, seed: 2).draws)
    // Other readers find the arrays in the file.
    let file = try SafetensorsFile(contentsOf: disk.paths[1])
    #expect(try file.array(named: "draws").converted(to: Float.self) == memory.chain(1).draws)
    #expect(try file.array(named: "states").converted(to: Float.self) == memory.chain(1).states)
    let (pieced, pieces) = try fitInPieces(streaming, model, Self.examples, seed: 3, threads: 1)
    #expect(pieces >= 3 && pieced.draws.draws == memory.draws.draws)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == [
        "chain-0.safetensors", "chain-1.safetensors",
      ])
  }

  @Test func aFolderOfDrawsThatIsNotThereIsNamed() {
    let sampler = Self.sampler(.langevin, storage: .disk(folder: "/nowhere/at/all", above: 1000))
    let error = #expect(throws: TrainingError.self) {
      _ = try sampler.fit(wideNormalisedModel, to: Self.examples, seed: 0, control: RunControl())
    }
    #expect(
      error?.description
        == "/nowhere/at/all/chain-0.safetensors: the file of draws cannot be made: No such file or directory")
  }
}
