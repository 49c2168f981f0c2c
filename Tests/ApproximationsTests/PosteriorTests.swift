import Approximations
import Arrays
import Networks
import Probability
import Testing

@Suite struct PosteriorTests {
  private static let model = BayesianModel(
    .multilayerPerceptron(inputs: 1, hidden: [], outputs: 1), prior: .normal(scale: 1),
    likelihood: .gaussian(noise: .fixed(1)))

  @Test func aSampleOfDrawsHoldsEachOfThemAboutEquallyOften() {
    let posterior = DrawsPosterior(
      model: Self.model, draws: DenseArray(rows: [[0, 1], [2, 3], [4, 5]]), states: DenseArray([], shape: [3, 0]))
    let sample = posterior.sample(3000, seed: 1)
    #expect(sample.drawCount == 3000 && sample.states.shape == [3000, 0])
    for draw in 0..<3 {
      let first = Float(2 * draw)
      let count = (0..<3000).count { sample.draws[$0, 0] == first && sample.draws[$0, 1] == first + 1 }
      #expect(abs(count - 1000) < 130, "five standard deviations of a binomial")
    }
    #expect(posterior.sample(3000, seed: 1).draws == sample.draws)
    #expect(posterior.sample(3000, seed: 2).draws != sample.draws)
  }
}
