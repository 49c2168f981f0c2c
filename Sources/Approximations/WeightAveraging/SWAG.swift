//  SWAG.swift — the mean and the spread of the weights along the end of a training run, as a Gaussian.
//
//  Equations  (1) p(θ | D) ≈ N(c, s² Σ), c and Σ those of `LowRankGaussian` from the moments of `PathMoments`, s the scale
//                                                                                             [Maddox et al. 2019]
//             (2) p(y | x, D) ≈ (1/S) Σ p(y | x, θₛ),  θₛ drawn from (1)
//
//  The spread is that of the steps of stochastic descent: it depends on the learning rate of the phase as much as on the data.
//
//  Cost       a training run and 2 + K vectors, several times over while they are written, asked for before it begins; a look is one pass over memory. A draw likewise, and a pass over the data for each
//             draw where there are statistics of batch normalisation. MultiSWAG is `Mixture(SWAG(…), components: M)`.

public import Arrays
public import Networks
import Programs
public import Training

/// A Gaussian from the path of a training run.
public struct SWAG: InferenceMethod {
  public static let name = "swag"

  public var training: TrainingConfiguration
  public var phase: AveragingPhase
  /// K.
  public var rank: Int
  /// s of equation (1).
  public var scale: Double
  /// S of equation (2).
  public var draws: Int
  /// What the fit and its draws may take. Unit: bytes.
  public var memoryLimit: Int

  /// Precondition: rank ≥ 0, scale ≥ 0 and draws ≥ 1.
  ///
  /// - Parameter memoryLimit: `nil` is half of the memory of this machine.
  public init(
    training: TrainingConfiguration, phase: AveragingPhase, rank: Int = 20, scale: Double = 1, draws: Int = 30,
    memoryLimit: Int? = nil
  ) {
    precondition(rank >= 0 && scale >= 0 && draws >= 1, "SWAG of rank \(rank) and scale \(scale) with \(draws) draws")
    self.training = training
    self.phase = phase
    self.rank = rank
    self.scale = scale
    self.draws = draws
    self.memoryLimit = memoryLimit ?? MemoryNeed.standardLimit
  }

  public func fit(
    _ model: BayesianModel, to examples: Examples, seed: UInt64, control: RunControl
  ) throws(TrainingError) -> SWAGPosterior {
    if let problem = memoryProblem(for: model, fits: 1) { throw .unusable(problem) }
    let recipe = try TrainingRecipe.averaging(model, training, phase, rank: rank)
    let trainers = try train(model, on: examples, recipe, members: 1, seed: seed, control: control)
    guard let collector = trainers[0].collector as? MomentsCollector else {
      preconditionFailure("a run that averages has the collector of its recipe")
    }
    return SWAGPosterior(
      model: model, gaussian: collector.moments.gaussian, scale: scale, draws: draws, seed: seed,
      examples: model.network.stateCount > 0 ? examples : nil, batchSize: training.batchSize)
  }
}

extension SWAG: MemoryAsking {
  /// Vectors of P numbers that a fit holds, without deviations and for each of them: where it lies, in the Gaussian, and the copies
  /// while a checkpoint or a file is written. Measured as the greatest resident size of fits of 1.5 million parameters with ranks 5, 20
  /// and 40.
  private static let (vectors, vectorsOfDeviation) = (16.0, 5.25)

  /// Of a fit. Unit: bytes.
  package static func memory(of model: BayesianModel, rank: Int) -> Double {
    4 * Double(model.parameterCount) * (vectors + vectorsOfDeviation * Double(rank))
  }

  /// Of the draws of a prediction. Unit: bytes.
  package static func memory(of model: BayesianModel, draws: Int) -> Double {
    4 * Double(model.parameterCount) * Double(draws)
  }

  func memoryProblem(for model: BayesianModel, fits: Int) -> String? {
    let prediction = Self.memory(of: model, draws: draws)
    func bytes(_ rank: Int) -> Double { Double(fits) * Self.memory(of: model, rank: rank) + prediction }
    let room = (Double(memoryLimit) - prediction) / (4 * Double(fits) * Double(model.parameterCount))
    // The greatest rank with a covariance beside the diagonal, or none.
    let greatest = min(rank - 1, Int(max(0, room - Self.vectors) / Self.vectorsOfDeviation))
    let fitting = greatest >= 2 ? greatest : 0
    return MemoryNeed(
      subject: (fits == 1 ? "" : "\(fits) times ")
        + "\(rank) deviations and \(draws) draws of \(model.parameterCount) parameters need", bytes: bytes(rank)
    ).problem(limit: memoryLimit, variants: fitting < rank ? [("a rank of \(fitting)", bytes(fitting))] : [])
  }
}

/// The Gaussian of SWAG.
public struct SWAGPosterior: Posterior {
  public let model: BayesianModel
  /// c, q and D.
  public let gaussian: LowRankGaussian<Float>
  /// s.
  public let scale: Double
  /// The draws that a prediction averages over, and what they are a function of.
  public var draws: Int
  public var seed: UInt64
  /// What statistics of batch normalisation are computed from; `nil` where there are none.
  let examples: Examples?
  let batchSize: Int

  public func predict(_ inputs: DenseArray<Float>, threads: Int) -> Predictive {
    sample(draws, seed: seed, threads: threads).predict(inputs, threads: threads)
  }

  public func sample(_ count: Int, seed: UInt64) -> DrawsPosterior {
    sample(count, seed: seed, threads: RunControl.processorCount)
  }

  private func sample(_ count: Int, seed: UInt64, threads: Int) -> DrawsPosterior {
    precondition(count >= 1, "a sample of \(count) draws")
    let (p, q) = (model.parameterCount, model.network.stateCount)
    let pool = threads > 1 ? WorkerPool(threads: threads) : nil
    var rows = DenseArray<Float>(repeating: 0, shape: [count, p])
    rows.withUnsafeMutableElements { rows in
      for draw in 0..<count {
        gaussian.draw(
          into: UnsafeMutableBufferPointer(rebasing: rows[draw * p..<(draw + 1) * p]),
          key: RandomKey(seed: seed, stream: 0, step: UInt64(draw)), scale: scale, pool: pool)
      }
    }
    var states: [Float] = []
    if let examples {
      let statistics = BatchStatistics(model, inputs: examples.inputs, batchSize: batchSize, pool: pool)
      for draw in 0..<count { states += statistics.recomputed(parameters: rows.rows(draw..<draw + 1).elements) }
    }
    return DrawsPosterior(model: model, draws: rows, states: DenseArray(states, shape: [count, q]))
  }

  /// Whether draws differ: after a single look at the weights they do not.
  public var hasWidth: Bool {
    scale > 0
      && (gaussian.variances.contains { $0 > 0 }
        || gaussian.rank > 1 && gaussian.deviations.elements.contains { $0 != 0 })
  }

  /// The mean alone: what stochastic weight averaging gives.
  public var mean: DrawsPosterior {
    let state =
      examples.map { recomputedStatistics(model, parameters: gaussian.mean, examples: $0, batchSize: batchSize) } ?? []
    return DrawsPosterior(
      model: model, draws: DenseArray(gaussian.mean, shape: [1, model.parameterCount]),
      states: DenseArray(state, shape: [1, state.count]))
  }
}
