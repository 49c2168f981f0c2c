//  Predictive+Distributions.swift — predictions of classes whose probabilities are themselves uncertain.
//
//  Equations  (1) p ~ Dirichlet(α):  E p = α/A,  A = Σ α
//             (2) E H[p] = ψ(A + 1) − Σ αₖ/A ψ(αₖ + 1),  ψ the digamma function

public import Arrays
import Evaluation
import Programs

extension Predictive {
  /// Dirichlet distributions over the classes, by their concentrations. Shape [S, N, C].
  ///
  /// Precondition: α > 0.
  public init(dirichlet concentrations: DenseArray<Double>) {
    let shape = concentrations.shape
    let program = Program(inputs: [shape]) { t in
      let total = t[0].sum(axes: [2])
      let mean = t[0] / total.reshaped([shape[0], shape[1], 1])  // (1)
      return [mean, digamma(total + 1) - (mean * digamma(t[0] + 1)).sum(axes: [2])]  // (2)
    }
    let results = program.run([concentrations])
    self.init(ClassForecast(results[0], drawEntropies: results[1].reshaped([shape[0], shape[1]])))
  }

  /// The same where the probabilities of each draw are averaged over an ignorance that nobody has measured: what is expected of their
  /// entropy is not known. Precondition: the predictive is one of classes.
  var averaged: Predictive {
    let forecast = classes
    let unknown = DenseArray(repeating: Double.nan, shape: [forecast.draws.shape[0], forecast.count])
    return Predictive(
      forecast.logDraws.map { ClassForecast(logProbabilities: $0, drawEntropies: unknown) }
        ?? ClassForecast(forecast.draws, drawEntropies: unknown))
  }
}
