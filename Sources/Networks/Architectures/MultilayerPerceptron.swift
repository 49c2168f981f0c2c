//  MultilayerPerceptron.swift — dense layers with an activation between them.

extension Network {
  /// `hidden` dense layers, each followed by the activation, and a dense layer of `outputs`.
  public static func multilayerPerceptron(
    inputs: Int, hidden: [Int], outputs: Int, activation: Activation = .relu
  ) -> Network {
    Network(inputs: inputs) {
      for units in hidden {
        Dense(units)
        activation
      }
      Dense(outputs)
    }
  }
}
