//  LeNet5.swift — two convolutions and three dense layers, with relu and maximum pooling. [LeCun 1998, modernised]

public import Arrays

extension Network {
  /// Images of 28 × 28 or 32 × 32, say. Shape [C, H, W] → [classes].
  public static func leNet5(inputs: Shape = [1, 28, 28], classes: Int = 10) -> Network {
    Network(inputs: inputs) { leNet5Layers(classes: classes) }
  }

  /// The layers of it.
  @LayerBuilder public static func leNet5Layers(classes: Int) -> [any Layer] {
    Convolution2D(6, size: 5, padding: 2)
    Activation.relu
    MaxPool(2)
    Convolution2D(16, size: 5)
    Activation.relu
    MaxPool(2)
    Flatten()
    Dense(120)
    Activation.relu
    Dense(84)
    Activation.relu
    Dense(classes)
  }
}
