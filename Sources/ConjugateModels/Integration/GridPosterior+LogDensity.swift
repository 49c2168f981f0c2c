//  GridPosterior+LogDensity.swift — the grid on a traced log density.

import Arrays
public import Probability
import Programs

extension GridPosterior {
  /// Integrates a traced log density over a box. Precondition: one to three ranges, as many as the density has coordinates.
  public init(_ density: LogDensity, over ranges: [ClosedRange<Double>], nodes: Int = 100) {
    precondition(
      density.dimension == ranges.count, "\(ranges.count) ranges for a density of \(density.dimension) coordinates")
    let executor = Executor<Double>(Plan(Program(inputs: [[density.dimension]]) { [density($0[0])] }))
    self.init(over: ranges, nodes: nodes) { point in
      _ = executor.input(0).update(fromContentsOf: point)
      executor.run()
      return executor.output(0)[0]
    }
  }
}
