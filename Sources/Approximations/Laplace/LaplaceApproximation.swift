//  LaplaceApproximation.swift — from a mode to a posterior: curvature, marginal likelihood, the posterior's structure.

import Arrays
import Curvatures
import Networks
import Probability
import Programs
import Training

struct LaplaceApproximation {
  let method: Laplace
  let model: BayesianModel
  let mode: DenseArray<Float>
  let state: DenseArray<Float>
  /// What the curvature is taken of.
  let examples: Examples
  /// For a precision chosen by rows that are not among these.
  var validation: Examples?
  let seed: UInt64
  let control: RunControl
  /// δ of each slice, where it is not that of the model's prior.
  var precisions: [String: Double]?

  func posterior() throws(CurvatureError) -> LaplacePosterior {
    let run = CurvatureRun(
      pool: control.threads > 1 ? WorkerPool(threads: control.threads) : nil, shouldStop: control.shouldStop)
    return try tuned(try spectrum(run), run)
  }

  /// The curvature at the mode.
  func spectrum(_ run: CurvatureRun) throws(CurvatureError) -> any CurvatureSpectrum {
    let all = model.network.layout.slices
    switch method.settledStructure {
    case .dense: return try dense(all, nil, run)
    case .kronecker: return try kronecker(all, run)
    case .diagonal: return try diagonal(all, run)
    case .lowRank(let rank):
      if isDouble { return try lowRank(rank, Double.self, run) }
      return try lowRank(rank, Float.self, run)
    case .functional(let count):
      if isDouble { return try functional(count, Double.self, run) }
      return try functional(count, Float.self, run)
    case .lastLayer(let structure):
      let slices = Self.lastLayer(of: model)
      switch structure {
      case .dense: return try dense(slices, nil, run)
      case .kronecker: return try kronecker(slices, run)
      case .diagonal: return try diagonal(slices, run)
      }
    case .subnetwork(let subnetwork):
      let indices = try indices(subnetwork, run)
      let owners = all.filter { slice in indices.contains { slice.range.contains($0) } }
      return try dense(owners, indices, run)
    }
  }

  /// Throws what would stop the approximation of this model by these settings, without any work.
  static func check(_ method: Laplace, _ model: BayesianModel, _ examples: Examples) throws(CurvatureError) {
    var slices = model.network.layout.slices
    switch method.settledStructure {
    case .dense, .kronecker, .diagonal, .lowRank, .functional: break
    case .subnetwork(.largestMagnitude), .subnetwork(.largestVariance): break
    case .lastLayer: slices = lastLayer(of: model)
    case .subnetwork(.slices(let names)): slices = Self.slices(of: model, named: names)
    }
    guard !slices.isEmpty else {
      throw .unsupported(
        "the network has no parameters that the structure asks for; there are "
          + model.network.layout.slices.map(\.name).joined(separator: ", "))
    }
    _ = try PriorPrecision(of: model, slices: slices)
    let first = examples.rows(at: [0])
    let point = CurvaturePoint<Float>(
      model, parameters: DenseArray(repeating: 0, shape: [model.parameterCount]), inputs: first.inputs,
      targets: first.targets)
    switch method.settledStructure {
    case .kronecker, .lastLayer(.kronecker):
      try KroneckerCurvature<Float>.check(method.curvature, at: point, slices: slices)
    default:
      if method.curvature != .hessian { _ = try NetworkTrace(point, rows: 1).columns(method.curvature) }
    }
  }

  // MARK: Structures

  private func dense(
    _ slices: [ParameterSlice], _ indices: [Int]?, _ run: CurvatureRun
  ) throws(CurvatureError) -> DenseSpectrum {
    // In double precision: the prior's precision must not drown in the rounding of large eigenvalues.
    DenseSpectrum(
      try DenseCurvature(method.curvature, at: point(Double.self), slices: slices, indices: indices, run: run),
      slices: slices)
  }

  private func kronecker(
    _ slices: [ParameterSlice], _ run: CurvatureRun
  ) throws(CurvatureError) -> KroneckerSpectrum<Float> {
    if isDouble {
      let curvature = try KroneckerCurvature(method.curvature, at: point(Double.self), slices: slices, run: run)
      return KroneckerSpectrum(rounding: curvature, threads: control.threads)
    }
    let curvature = try KroneckerCurvature(method.curvature, at: point(Float.self), slices: slices, run: run)
    return KroneckerSpectrum(curvature, threads: control.threads)
  }

  private func diagonal(
    _ slices: [ParameterSlice], _ run: CurvatureRun
  ) throws(CurvatureError) -> DiagonalSpectrum<Float> {
    DiagonalSpectrum(try DiagonalCurvature(method.curvature, at: point(Float.self), slices: slices, run: run))
  }

  private func lowRank<Element: Scalar>(
    _ rank: Int, _ type: Element.Type, _ run: CurvatureRun
  ) throws(CurvatureError) -> FactoredSpectrum<Element> {
    FactoredSpectrum(try FactoredCurvature(rank: rank, of: method.curvature, at: point(type), seed: seed, run: run))
  }

  private func functional<Element: Scalar>(
    _ count: Int, _ type: Element.Type, _ run: CurvatureRun
  ) throws(CurvatureError) -> FactoredSpectrum<Element> {
    let chosen = min(count, examples.count)
    return FactoredSpectrum(
      try FactoredCurvature(examples: chosen, of: method.curvature, at: point(type), run: run))
  }

  /// The outputs of the linearised network at the rows, under a posterior of its weights.
  func outputs<Weights: WeightPosterior>(of weights: Weights, _ run: CurvatureRun) -> LinearisedOutputs {
    let point = point(Weights.Element.self)
    return weights.outputs(
      of: model, at: point.parameters, state: point.state, inputs: point.inputs, pool: run.pool)
  }

  private var isDouble: Bool { method.isDouble(for: model, rows: examples.count) }

  private func point<Element: Scalar>(_ type: Element.Type) -> CurvaturePoint<Element> {
    CurvaturePoint(
      model, parameters: mode.converted(), state: state.converted(), inputs: examples.inputs.converted(),
      targets: examples.targets.converted(), seed: seed)
  }

  // MARK: The prior and the noise

  /// δ before it is tuned.
  func prior(of spectrum: some CurvatureSpectrum) throws(CurvatureError) -> PriorPrecision {
    var prior = try PriorPrecision(of: model, slices: spectrum.slices, indices: spectrum.chosen)
    if let precisions { prior.bySlice = zip(prior.slices, prior.bySlice).map { precisions[$0.name] ?? $1 } }
    return prior
  }

  func fit(_ run: CurvatureRun) throws(CurvatureError) -> FitTerms {
    isDouble
      ? try FitTerms(of: point(Double.self), curvature: method.curvature, run: run)
      : try FitTerms(of: point(Float.self), curvature: method.curvature, run: run)
  }

  func learnsNoise(_ fit: FitTerms) -> Bool { model.likelihood.initialLogNoise != nil && fit.residuals != nil }

  private func tuned<Spectrum: CurvatureSpectrum>(
    _ spectrum: Spectrum, _ run: CurvatureRun
  ) throws(CurvatureError) -> LaplacePosterior {
    let start = try prior(of: spectrum)
    let fit = try fit(run)
    let evidence = MarginalLikelihood(spectrum, fit: fit, mode: mode.elements.map { Double($0) }, prior: start)
    let learnsNoise = learnsNoise(fit)
    let rows = validation.map { validation in
      HeldOutTuning(
        rows: validation,
        posterior: { factor throws(CurvatureError) in
          try posterior(spectrum, evidence, start.multiplied(by: factor), scale: 1)
        }, learnsNoise: learnsNoise, fit: fit, threads: control.threads)
    }
    if method.tuning == .linearised {
      return try linearised(spectrum, evidence, start, rows, learnsNoise: learnsNoise, run)
    }
    if let rows {
      let (factor, scale) = try rows.choice()
      return try posterior(
        spectrum, evidence, start.multiplied(by: factor * fit.curvatureScale(scale)), scale: scale)
    }
    if case .duringTraining = method.tuning { return try posterior(spectrum, evidence, start, scale: 1) }
    let (prior, scale) = try evidence.maximiser(method.tuning, from: start, tunesNoise: learnsNoise)
    return try posterior(spectrum, evidence, prior, scale: scale)
  }

  /// Precision and noise by the evidence of the linearised network, as far as rows held back bear it out.
  private func linearised<Spectrum: CurvatureSpectrum>(
    _ spectrum: Spectrum, _ evidence: MarginalLikelihood<Spectrum>, _ start: PriorPrecision, _ rows: HeldOutTuning?,
    learnsNoise: Bool, _ run: CurvatureRun
  ) throws(CurvatureError) -> LaplacePosterior {
    let slope =
      isDouble
      ? try logLikelihoodGradient(at: point(Double.self), slices: spectrum.slices, run: run)
      : try logLikelihoodGradient(at: point(Float.self), slices: spectrum.slices, run: run)
    let offset = start.offsets(of: mode.elements.map { Double($0) })
    let linearised = LinearisedEvidence(
      try spectrum.whitened(start, slope: slope, offset: offset), fit: evidence.fit)
    var (factor, scale) = linearised.maximiser(tunesNoise: learnsNoise)
    if let rows {
      // Λ = c (F + α/c δ), c = sᵏ: the rows see the posterior at the noise of the point, and choose s themselves.
      (factor, scale) = try rows.narrowed(from: factor / evidence.fit.curvatureScale(scale))
      factor *= evidence.fit.curvatureScale(scale)
    }
    let (found, noise) = (factor, scale)
    return try posterior(spectrum, evidence, start.multiplied(by: found), scale: noise) { more in
      linearised(factor: found * more, scale: noise)
    }
  }

  /// The posterior with the precisions and the noise that were chosen.
  ///
  /// - Parameter linearised: The log evidence with all precisions multiplied, where it is that of the linearised network.
  private func posterior<Spectrum: CurvatureSpectrum>(
    _ spectrum: Spectrum, _ evidence: MarginalLikelihood<Spectrum>, _ prior: PriorPrecision, scale: Double,
    linearised: (@Sendable (Double) -> Double)? = nil
  ) throws(CurvatureError) -> LaplacePosterior {
    let scaled: @Sendable (Double) throws(CurvatureError) -> Double = { (factor) throws(CurvatureError) in
      if let linearised { return linearised(factor) }
      return try evidence(prior.multiplied(by: factor), scale: scale)
    }
    let logEvidence = try scaled(1)
    guard logEvidence.isFinite else { throw .notFinite("the marginal likelihood") }
    var centre = mode
    if learnsNoise(evidence.fit), let noise = model.layout[Likelihood.logNoiseName] {
      for index in noise.range { centre[index] -= Float(0.5 * logarithm(scale)) }
    }
    return LaplacePosterior(
      mode: centre, state: state, model: model, prediction: method.prediction, logEvidence: logEvidence,
      effectiveParameters: try evidence.effectiveParameters(prior, scale: scale),
      priorPrecisions: Dictionary(uniqueKeysWithValues: zip(prior.slices.map(\.name), prior.sliceMeans)),
      weights: try spectrum.posterior(prior, scale: evidence.fit.curvatureScale(scale)),
      evidence: scaled,
      seed: seed)
  }

  // MARK: Parts of the network

  /// The slices of the layer that computes the outputs: its weight, and a bias beside it.
  static func lastLayer(of model: BayesianModel) -> [ParameterSlice] {
    guard let last = model.network.layout.slices.last(where: { $0.role == .weight }) else { return [] }
    let layer = last.name.split(separator: ".").dropLast().joined(separator: ".")
    return slices(of: model, named: [layer])
  }

  /// The slices that the names choose; without names, those of the last layer.
  static func slices(of model: BayesianModel, named names: [String]) -> [ParameterSlice] {
    if names.isEmpty { return lastLayer(of: model) }
    return model.network.layout.slices.filter { slice in names.contains { fits($0, slice) } }
  }

  static func fits(_ name: String, _ slice: ParameterSlice) -> Bool {
    slice.name == name || slice.name.hasPrefix(name + ".")
  }

  private func indices(_ subnetwork: Subnetwork, _ run: CurvatureRun) throws(CurvatureError) -> [Int] {
    let count = model.network.parameterCount
    switch subnetwork {
    case .largestMagnitude(let wanted):
      let magnitudes = mode.elements[..<count].map { abs($0) }
      return (0..<count).sorted { (magnitudes[$0], $1) > (magnitudes[$1], $0) }.prefix(max(wanted, 1)).sorted()
    case .largestVariance(let wanted):
      let diagonal = DiagonalSpectrum(try DiagonalCurvature(method.curvature, at: point(Float.self), run: run))
      return try diagonal.largestVariances(wanted, under: try PriorPrecision(of: model, slices: diagonal.slices))
    case .slices(let names):
      return Self.slices(of: model, named: names).flatMap { Array($0.range) }
    }
  }
}
