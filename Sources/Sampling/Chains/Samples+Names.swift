//  Samples+Names.swift — draws under the names of a model, and what is to be reported of them.

public import Arrays
public import Evaluation
public import Probability
public import Programs

extension Samples {
  /// Draws of each parameter, in its own units. Shape [C, N, shape of the parameter].
  ///
  /// Precondition: the space of the density that was sampled.
  public func draws(in space: ParameterSpace) -> [String: DenseArray<Double>] { space.constrained(draws) }

  /// One line for each element of each parameter, in the order of the space, but for those that their support fixes: 1 and the zeros of a
  /// Cholesky factor of correlations; after them those of derived quantities, by name.
  ///
  /// - Parameter derived: From the parameters to quantities by their names.
  public func summaries(
    in space: ParameterSpace, deriving derived: ((ParameterValues) -> [String: Tensor])? = nil
  ) -> [ConvergenceSummary] {
    let draws = self.draws
    let values = space.constrained(draws)
    var summaries = space.parameters.flatMap { parameter in
      let all = values[parameter.name].map { ConvergenceSummary.all(of: $0, name: parameter.name) } ?? []
      return all.enumerated().filter { !parameter.fixes($0.offset) }.map(\.element)
    }
    if let derived {
      for (name, array) in space.derived(from: draws, derived).sorted(by: { $0.key < $1.key }) {
        summaries += ConvergenceSummary.all(of: array, name: name)
      }
    }
    return summaries
  }
}

extension Parameter {
  /// Whether the support alone says what an element is, by its place in row-major order.
  func fixes(_ place: Int) -> Bool {
    guard support == .correlationFactor, let size = shape.extents.last else { return false }
    let (row, column) = (place / size % size, place % size)
    return column > row || row == 0
  }
}
