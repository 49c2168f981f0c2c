import Arrays
import Probability
import Programs
import Testing

@Suite struct LikelihoodNormalizationTests {
  /// Σ p(y | f) over `targets`, one row of targets each.
  private func total(
    _ likelihood: Likelihood, output: [Double], targets: [[Double]], logNoise: [Double]? = nil
  ) -> Double {
    let outputs = DenseArray(rows: targets.map { _ in output })
    let inputs = [outputs, DenseArray(rows: targets)] + (logNoise.map { [DenseArray($0)] } ?? [])
    return evaluate(inputs) {
      exp(likelihood.logDensity(outputs: $0[0], targets: $0[1], logNoise: $0.count > 2 ? $0[2] : nil)).sum()
    }[0]
  }

  @Test func discreteLikelihoodsSumToOne() {
    let classes = total(.categorical(classes: 3), output: [1.5, -2, 0.25], targets: [[0], [1], [2]])
    #expect(abs(classes - 1) < 1e-14)
    #expect(abs(total(.bernoulli, output: [-1.25], targets: [[0], [1]]) - 1) < 1e-14)
    let corners = (0..<8).map { code in (0..<3).map { Double(code >> $0 & 1) } }
    #expect(abs(total(.multiLabel(labels: 3), output: [0.5, -3, 2], targets: corners) - 1) < 1e-14)
    #expect(abs(total(.poisson, output: [1.2], targets: (0..<60).map { [Double($0)] }) - 1) < 1e-12)
  }

  /// The trapezium rule with step h: exponentially accurate for the normal. For the t with ν = 3 the tails beyond ±L hold
  /// about 2.2 (L/σ)⁻³ = 2e−10 at L = 1000 with σ = 0.45.
  @Test func continuousLikelihoodsIntegrateToOne() {
    let grid = (-4000...4000).map { [0.3 + 0.005 * Double($0)] }
    #expect(abs(0.005 * total(.gaussian(noise: .fixed(0.7)), output: [0.3], targets: grid) - 1) < 1e-12)
    #expect(abs(0.005 * total(.gaussian(noise: .perInput), output: [0.3, 0.1], targets: grid) - 1) < 1e-12)
    let wide = (-40_000...40_000).map { [0.3 + 0.025 * Double($0)] }
    let student = Likelihood.studentT(degreesOfFreedom: 3, scale: .learned)
    #expect(abs(0.025 * total(student, output: [0.3], targets: wide, logNoise: [logOf(0.45)]) - 1) < 1e-9)
  }

  /// The density of two targets is the product of those of each.
  @Test func targetsAreIndependentGivenTheOutputs() {
    let likelihood = Likelihood.gaussian(noise: .learned)
    let noise = DenseArray([0.2, -0.7])
    let both = evaluate([DenseArray(rows: [[1.0, 2]]), DenseArray(rows: [[0.5, 3]]), noise]) {
      likelihood.logDensity(outputs: $0[0], targets: $0[1], logNoise: $0[2])
    }[0]
    let each = (0..<2).map { d in
      evaluate([DenseArray(rows: [[[1.0, 2][d]]]), DenseArray([[0.5, 3][d]]), DenseArray([noise.elements[d]])]) {
        likelihood.logDensity(outputs: $0[0], targets: $0[1], logNoise: $0[2])
      }[0]
    }
    #expect(abs(both - each[0] - each[1]) < 1e-14)
  }
}
