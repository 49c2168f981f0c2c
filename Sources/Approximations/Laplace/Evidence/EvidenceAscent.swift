//  EvidenceAscent.swift — precisions and noise that follow the marginal likelihood while the network is trained.
//
//  Notation   δ  precisions of the prior, one for all or one a layer     σ  learned noise     v, w  moments of Adam over (log δ, log σ)
//
//  Equations  (1) objective of a step   −(1/N) [N/B Σ log p(yₙ | xₙ, θ, σ) − ½ Σ δ (θ − m)²],  at the δ and σ of that step
//             (2) after every K epochs, with θ and F at that place held fixed, several steps of Adam up
//                 log p(D) ≈ log p(D | θ, σ) − ½ [log det(F + δ) − Σ log δ + Σ δ (θ − m)²] along log δ and log σ
//                                                                                         [Immer et al. 2021]
//
//             (3) of several targets, each with its noise:  ∂/∂ log s_d = ½ [N − s_d R_d − k γ_d],  k of `FitTerms`,  s_d the factor on 1/σ_d²,
//                 γ_d = Σₙ Var f_d(xₙ)/σ_d², made to sum up to γ = Σ γ_d: how many parameters target d determines
//
//  Within the steps up one curvature, its determinant is that of the mean of log s_d: at the end of a run all s_d are 1.
//
//  The evidence chooses the noise of Gaussian likelihoods only, see `FitTerms`. That of a Student-t stays among the parameters of (1),
//  with its prior, and is trained as it is for one network.
//
//  At a mode of (1) the slopes of (2) are those of the evidence itself, since θ moves it in second order only. So training ends at
//  a mode of the posterior under precisions that the evidence has chosen, from all rows: none is held back.
//
//  Cost       a pass over the data and the decompositions of the structure for every K epochs; with several targets a prediction of
//             the data, too.

import Arrays
import Curvatures
import Datasets
import Networks
import Probability
import Programs
import Synchronization
import Training

/// The δ of each slice of the network, then log σ of each target; what steps read and the ascent writes.
private final class LearnedPrecisions: Sendable {
  let values: Mutex<[Double]>

  init(_ values: [Double]) { self.values = Mutex(values) }
}

/// Where a training run with (1) and (2) has led.
struct EvidenceRun {
  let parameters: DenseArray<Float>
  let state: DenseArray<Float>
  /// δ of each slice of the network.
  let precisions: [String: Double]

  init(
    _ method: Laplace, _ schedule: EvidenceSchedule, _ model: BayesianModel, _ examples: Examples, seed: UInt64,
    control: RunControl
  ) throws(TrainingError) {
    let slices = model.network.layout.slices
    let start: PriorPrecision
    do {
      start = try PriorPrecision(of: model, slices: slices)
    } catch {
      throw .unusable(error.description)
    }
    let noise = model.likelihood.hasResiduals ? model.layout[Likelihood.logNoiseName] : nil
    let learned = LearnedPrecisions(
      start.bySlice + [Double](repeating: model.likelihood.initialLogNoise ?? 0, count: noise?.range.count ?? 0))
    var configuration = method.training
    configuration.earlyStopping = nil
    var recipe = TrainingRecipe.mode(of: model, configuration)
    recipe.identity = "evidence \(schedule) \(method.settledStructure) \(method.curvature)"
    recipe.objective = Self.objective(model, start, noise, learned)
    recipe.collector = { _ in
      EvidenceAscent(
        method, schedule, model, examples, start, noise, learned, seed: seed, threads: control.threads,
        shouldStop: control.shouldStopAtOnce)
    }
    let trainer = try train(model, on: examples, recipe, members: 1, seed: seed, control: control)[0]
    var (vector, statistics) = trainer.result
    let values = learned.values.withLock { $0 }
    if let noise {
      for (place, value) in zip(noise.range, values[slices.count...]) { vector[place] = Float(value) }
    }
    parameters = DenseArray(vector)
    state = DenseArray(statistics, shape: [model.network.stateCount])
    precisions = Dictionary(uniqueKeysWithValues: zip(slices.map(\.name), values))
  }

  /// Equation (1).
  ///
  /// - Parameter noise: Where log σ lies, if the evidence chooses it.
  private static func objective(
    _ model: BayesianModel, _ prior: PriorPrecision, _ noise: ParameterSlice?, _ learned: LearnedPrecisions
  ) -> TrainingObjective {
    let (network, count) = (model.network.parameterCount, learned.values.withLock { $0.count })
    let slices = prior.slices
    return TrainingObjective(
      count: model.parameterCount, coefficientCount: count,
      coefficients: { _, buffer in
        learned.values.withLock { values in
          for (place, value) in values.enumerated() { buffer[place] = Float(value) }
        }
      }
    ) { a in
      let weights = a.vector.slice(axis: 0, 0..<network)
      let (outputs, state) = model.outputs(a.vector, a.inputs, state: a.state, mode: .training)
      let trained = noise == nil ? model.logNoise(a.vector) : nil
      let logNoise = noise.map { _ in a.coefficients.slice(axis: 0, slices.count..<count) } ?? trained
      let density = model.likelihood.logDensity(outputs: outputs, targets: a.targets, logNoise: logNoise)
      let loss = density.sum() * (-1 / Double(a.inputs.shape[0]))
      let precisions = concatenate(
        slices.enumerated().map { index, slice in
          a.coefficients.slice(axis: 0, index..<index + 1).broadcast(to: [slice.shape.count])
        }, axis: 0)
      let means = concatenate(
        zip(slices, prior.means).map { .constant($1, shape: [$0.shape.count]) }, axis: 0)
      var penalty = (precisions * (weights - means).squared).sum() * (0.5 / Double(a.dataCount))
      if let trained, model.prior != .flat {
        penalty = penalty - model.likelihood.logPrior(logNoise: trained) * (1 / Double(a.dataCount))
      }
      return TrainingObjective.Results(
        loss: loss, gradient: gradient(of: loss + penalty, withRespectTo: a.vector), state: state)
    }
  }
}

/// Equation (2), as a part of a run.
private final class EvidenceAscent: Collector {
  private let method: Laplace
  private let schedule: EvidenceSchedule
  private let model: BayesianModel
  private let examples: Examples
  private let start: PriorPrecision
  private let noise: ParameterSlice?
  private let learned: LearnedPrecisions
  private let seed: UInt64
  private let threads: Int
  private let shouldStop: @Sendable () -> Bool

  /// v and w for each slice and for the noise of each target, and the steps taken.
  private var means: [Double]
  private var squares: [Double]
  private var steps = 0
  private(set) var failure: TrainingError?

  init(
    _ method: Laplace, _ schedule: EvidenceSchedule, _ model: BayesianModel, _ examples: Examples,
    _ start: PriorPrecision, _ noise: ParameterSlice?, _ learned: LearnedPrecisions, seed: UInt64, threads: Int,
    shouldStop: @escaping @Sendable () -> Bool
  ) {
    (self.method, self.schedule, self.model, self.examples) = (method, schedule, model, examples)
    (self.start, self.noise, self.learned, self.seed) = (start, noise, learned, seed)
    (self.threads, self.shouldStop) = (threads, shouldStop)
    means = [Double](repeating: 0, count: start.slices.count + max(noise?.range.count ?? 1, 1))
    squares = means
  }

  func collect(
    _ vector: UnsafeBufferPointer<Float>, state: UnsafeBufferPointer<Float>, after step: RunStep, pool: WorkerPool?
  ) {
    guard failure == nil, step.endsEpoch, schedule.isDue(after: step.epoch + 1) else { return }
    do {
      try ascend(DenseArray(Array(vector)), DenseArray(Array(state)), pool)
    } catch {
      // Of a run that is asked to stop within this, the next step says so.
      if error != .stopped { failure = .unusable(error.description) }
    }
  }

  private func ascend(
    _ mode: DenseArray<Float>, _ state: DenseArray<Float>, _ pool: WorkerPool?
  ) throws(CurvatureError) {
    var mode = mode
    let values = learned.values.withLock { $0 }
    let count = start.slices.count
    if let noise { for (place, value) in zip(noise.range, values[count...]) { mode[place] = Float(value) } }
    let approximation = LaplaceApproximation(
      method: method, model: model, mode: mode, state: state, examples: examples, seed: seed,
      control: RunControl(threads: threads, shouldStop: shouldStop),
      precisions: Dictionary(uniqueKeysWithValues: zip(start.slices.map(\.name), values)))
    let run = CurvatureRun(pool: pool, shouldStop: shouldStop)
    try climb(try approximation.spectrum(run), approximation, run)
  }

  private func climb<Spectrum: CurvatureSpectrum>(
    _ spectrum: Spectrum, _ approximation: LaplaceApproximation, _ run: CurvatureRun
  ) throws(CurvatureError) {
    var prior = try approximation.prior(of: spectrum)
    let evidence = MarginalLikelihood(
      spectrum, fit: try approximation.fit(run), mode: approximation.mode.elements.map { Double($0) }, prior: prior)
    let learnsNoise = approximation.learnsNoise(evidence.fit)
    // log s_d.
    var logScales = [Double](repeating: 0, count: learnsNoise ? noise?.range.count ?? 0 : 0)
    let portions = logScales.count > 1 ? try portions(spectrum, prior, approximation, run) : [1]
    for _ in 0..<schedule.steps {
      let scale = exponential(logScales.reduce(0, +) / Double(max(logScales.count, 1)))
      let slopes = try evidence.slopes(prior, scale: scale, byLayer: schedule.byLayer)
      guard slopes.groups.allSatisfy({ $0.slope.isFinite }) else { throw .notFinite("the marginal likelihood") }
      steps += 1
      for (group, slope) in slopes.groups {
        // A group has the moments of its first slice.
        let move = exponential(move(slope, at: group[0]))
        for index in group { prior.bySlice[index] *= move }
      }
      for (target, residuals) in evidence.fit.residualsByTarget.enumerated() where learnsNoise {
        let determined = Double(evidence.fit.curvaturePower) * slopes.determined * portions[target]
        let left = exponential(logScales[target]) * residuals + determined
        logScales[target] += move(0.5 * (Double(examples.count) - left), at: start.slices.count + target)  // (3)
      }
    }
    learned.values.withLock { values in
      for (slice, precision) in zip(prior.slices, prior.bySlice) {
        if let place = start.slices.firstIndex(where: { $0.name == slice.name }) { values[place] = precision }
      }
      for (target, logScale) in logScales.enumerated() { values[start.slices.count + target] -= 0.5 * logScale }
    }
  }

  /// γ_d/γ of each target, at s = 1.
  private func portions<Spectrum: CurvatureSpectrum>(
    _ spectrum: Spectrum, _ prior: PriorPrecision, _ approximation: LaplaceApproximation, _ run: CurvatureRun
  ) throws(CurvatureError) -> [Double] {
    let outputs = approximation.outputs(of: try spectrum.posterior(prior, scale: 1), run)
    let variances = outputs.variances.elements
    let count = outputs.means.shape[1]
    var sums = [Double](repeating: 0, count: count)
    for (place, variance) in variances.enumerated() { sums[place % count] += variance }
    if let noise {
      for (target, place) in noise.range.enumerated() {
        sums[target] *= exponential(-2 * Double(approximation.mode[place]))
      }
    }
    let total = sums.reduce(0, +)
    return sums.map { total > 0 ? $0 / total : 1 / Double(count) }
  }

  /// A step of Adam up the slope.
  private func move(_ slope: Double, at place: Int) -> Double {
    means[place] = 0.9 * means[place] + 0.1 * slope
    squares[place] = 0.999 * squares[place] + 0.001 * slope * slope
    let count = Double(steps)
    let mean = means[place] / (1 - exponential(count * logarithm(0.9)))
    let square = squares[place] / (1 - exponential(count * logarithm(0.999)))
    return schedule.rate * mean / (square.squareRoot() + 1e-8)
  }

  var saved: [String: StoredArray] {
    [
      "values": StoredArray(DenseArray(learned.values.withLock { $0 })), "means": StoredArray(DenseArray(means)),
      "squares": StoredArray(DenseArray(squares)), "steps": StoredArray([steps]),
    ]
  }

  func restore(_ saved: SavedArrays) throws(TrainingError) {
    let values = try saved.doubles("values", count: learned.values.withLock { $0.count })
    guard values[..<start.slices.count].allSatisfy({ $0 > 0 }) else { throw saved.damaged }
    learned.values.withLock { $0 = values }
    means = try saved.doubles("means", count: means.count)
    squares = try saved.doubles("squares", count: squares.count)
    steps = try saved.integers("steps", count: 1)[0]
  }
}
