//  LayerEvaluation.swift — running one layer on numbers.

import Arrays
import Networks
import Programs

/// The outputs of layers for given parameters and inputs, in `Double`.
func evaluate(
  _ network: Network, _ theta: DenseArray<Double>, _ x: DenseArray<Double>, mode: NetworkMode = .evaluation,
  key: RandomKey = RandomKey()
) -> DenseArray<Double> {
  let state: DenseArray<Double> = network.initialState()
  let program = Program(inputs: [theta.shape, x.shape, state.shape]) { t in
    [network.apply(t[0], t[1], state: t[2], mode: mode).outputs]
  }
  return program.run([theta, x, state], key: key)[0]
}
