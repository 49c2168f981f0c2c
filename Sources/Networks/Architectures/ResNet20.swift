//  ResNet20.swift — nineteen convolutions in residual blocks and one dense layer, for small images. [He 2016]
//
//  Three stages of three blocks, of w, 2 w and 4 w channels; the second and third stage begin with a stride of two and a
//  projection (convolution 1 × 1 and normalisation) as shortcut.

public import Arrays

extension Network {
  /// Shape [C, H, W] → [classes].
  public static func resNet20(inputs: Shape = [3, 32, 32], classes: Int = 10, width: Int = 16) -> Network {
    Network(inputs: inputs) { resNet20Layers(classes: classes, width: width) }
  }

  /// The layers of it.
  @LayerBuilder public static func resNet20Layers(classes: Int, width: Int = 16) -> [any Layer] {
    Convolution2D(width, size: 3, padding: 1, bias: false)
    BatchNormalization()
    Activation.relu
    for stage in 0..<3 {
      for block in 0..<3 {
        residualBlock(channels: width << stage, stride: stage > 0 && block == 0 ? 2 : 1)
        Activation.relu
      }
    }
    GlobalAveragePool()
    Dense(classes)
  }

  private static func residualBlock(channels: Int, stride: Int) -> Residual {
    Residual {
      Convolution2D(channels, size: 3, stride: stride, padding: 1, bias: false)
      BatchNormalization()
      Activation.relu
      Convolution2D(channels, size: 3, padding: 1, bias: false)
      BatchNormalization()
    } shortcut: {
      if stride > 1 {
        Convolution2D(channels, size: 1, stride: stride, bias: false)
        BatchNormalization()
      }
    }
  }
}
