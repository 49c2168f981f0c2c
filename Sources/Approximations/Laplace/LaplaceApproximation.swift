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
  let examples: Examples
  let seed: UInt64
  let control: RunControl

  func posterior() throws(CurvatureError) -> LaplacePosterior {
    let run = CurvatureRun(
      pool: control.threads > 1 ? WorkerPool(threads: control.threads) : nil, shouldStop: control.shouldStop)
    let all = model.network.layout.slices
    switch method.structure {
    case .dense: return try dense(all, nil, run)
    case .kronecker: return try kronecker(all, run)
    case .diagonal: return try diagonal(all, run)
    case .lowRank(let rank):
      let point = point(Float.self)
      let curvature = try FactoredCurvature(rank: rank, of: method.curvature, at: point, seed: seed, run: run)
      return try tuned(FactoredSpectrum(curvature), point, run)
    case .functional(let count):
      let point = point(Float.self)
      let chosen = min(count, examples.count)
      let curvature = try FactoredCurvature(examples: chosen, of: method.curvature, at: point, run: run)
      return try tuned(FactoredSpectrum(curvature), point, run)
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
    switch method.structure {
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
    switch method.structure {
    case .kronecker, .lastLayer(.kronecker):
      try KroneckerCurvature<Float>.check(method.curvature, at: point, slices: slices)
    default:
      if method.curvature != .hessian { _ = try NetworkTrace(point, rows: 1).columns(method.curvature) }
    }
  }

  // MARK: Structures

  private func dense(
    _ slices: [ParameterSlice], _ indices: [Int]?, _ run: CurvatureRun
  ) throws(CurvatureError) -> LaplacePosterior {
    // In double precision: the prior's precision must not drown in the rounding of large eigenvalues.
    let point = point(Double.self)
    let curvature = try DenseCurvature(method.curvature, at: point, slices: slices, indices: indices, run: run)
    return try tuned(DenseSpectrum(curvature, slices: slices), point, run)
  }

  private func kronecker(_ slices: [ParameterSlice], _ run: CurvatureRun) throws(CurvatureError) -> LaplacePosterior {
    let point = point(Float.self)
    let curvature = try KroneckerCurvature(method.curvature, at: point, slices: slices, run: run)
    return try tuned(KroneckerSpectrum(curvature, threads: control.threads), point, run)
  }

  private func diagonal(_ slices: [ParameterSlice], _ run: CurvatureRun) throws(CurvatureError) -> LaplacePosterior {
    let point = point(Float.self)
    let curvature = try DiagonalCurvature(method.curvature, at: point, slices: slices, run: run)
    return try tuned(DiagonalSpectrum(curvature), point, run)
  }

  private func point<Element: Scalar>(_ type: Element.Type) -> CurvaturePoint<Element> {
    func converted(_ array: DenseArray<Float>) -> DenseArray<Element> {
      array as? DenseArray<Element> ?? array.converted()
    }
    return CurvaturePoint(
      model, parameters: converted(mode), state: converted(state), inputs: converted(examples.inputs),
      targets: converted(examples.targets))
  }

  // MARK: The prior and the noise

  private func tuned<Spectrum: CurvatureSpectrum, Element: Scalar>(
    _ spectrum: Spectrum, _ point: CurvaturePoint<Element>, _ run: CurvatureRun
  ) throws(CurvatureError) -> LaplacePosterior {
    let start = try PriorPrecision(of: model, slices: spectrum.slices)
    let fit = try FitTerms(of: point, run: run)
    let evidence = MarginalLikelihood(spectrum, fit: fit, mode: mode.elements.map { Double($0) }, prior: start)
    let learnsNoise = model.likelihood.initialLogNoise != nil && fit.residuals != nil
    let (prior, scale) = try evidence.maximiser(method.tuning, from: start, tunesNoise: learnsNoise)
    let logEvidence = try evidence(prior, scale: scale)
    guard logEvidence.isFinite else { throw .notFinite("the marginal likelihood") }
    var centre = mode
    if learnsNoise, let noise = model.layout[Likelihood.logNoiseName] {
      for index in noise.range { centre[index] -= Float(0.5 * logarithm(scale)) }
    }
    return LaplacePosterior(
      mode: centre, state: state, model: model, prediction: method.prediction, logEvidence: logEvidence,
      effectiveParameters: try evidence.effectiveParameters(prior, scale: scale),
      priorPrecisions: Dictionary(uniqueKeysWithValues: zip(prior.slices.map(\.name), prior.bySlice)),
      weights: try spectrum.posterior(prior, scale: scale),
      evidence: { factor throws(CurvatureError) in try evidence(prior.multiplied(by: factor), scale: scale) },
      seed: seed)
  }

  // MARK: Parts of the network

  /// The slices of the layer that computes the outputs: its weight, and a bias beside it.
  static func lastLayer(of model: BayesianModel) -> [ParameterSlice] {
    guard let last = model.network.layout.slices.last(where: { $0.role == .weight }) else { return [] }
    let layer = last.name.split(separator: ".").dropLast().joined(separator: ".")
    return slices(of: model, named: [layer])
  }

  static func slices(of model: BayesianModel, named names: [String]) -> [ParameterSlice] {
    model.network.layout.slices.filter { slice in
      names.contains { slice.name == $0 || slice.name.hasPrefix($0 + ".") }
    }
  }

  private func indices(_ subnetwork: Subnetwork, _ run: CurvatureRun) throws(CurvatureError) -> [Int] {
    let count = model.network.parameterCount
    func largest(_ wanted: Int, _ value: (Int) -> Double) -> [Int] {
      (0..<count).sorted { (value($0), $1) > (value($1), $0) }.prefix(max(wanted, 1)).sorted()
    }
    switch subnetwork {
    case .largestMagnitude(let wanted): return largest(wanted) { Double(abs(mode.elements[$0])) }
    case .largestVariance(let wanted):
      let diagonal = DiagonalSpectrum(try DiagonalCurvature(method.curvature, at: point(Float.self), run: run))
      let precisions = try PriorPrecision(of: model, slices: diagonal.slices).elements
      return largest(wanted) { 1 / (diagonal.values[$0] + precisions[$0]) }
    case .slices(let names):
      return Self.slices(of: model, named: names).flatMap { Array($0.range) }
    }
  }
}
