//  Examples.swift — inputs and targets side by side.

public import Arrays

/// Data in the form that a network takes: row n of the inputs belongs to row n of the targets.
public struct Examples: Sendable {
  /// Shape [N, …].
  public let inputs: DenseArray<Float>
  /// Shape [N], or [N, D] for several targets. Classes are whole numbers.
  public let targets: DenseArray<Float>

  /// Precondition: as many rows of inputs as of targets.
  public init(inputs: DenseArray<Float>, targets: DenseArray<Float>) {
    precondition(
      inputs.rank >= 1 && targets.rank >= 1 && inputs.shape[0] == targets.shape[0],
      "inputs of shape \(inputs.shape) with targets of shape \(targets.shape): the numbers of rows differ")
    self.inputs = inputs
    self.targets = targets
  }

  /// N, the number of rows.
  public var count: Int { inputs.shape[0] }

  /// The rows at `indices`, in that order.
  public func rows(at indices: [Int]) -> Examples {
    Examples(inputs: inputs.rows(at: indices), targets: targets.rows(at: indices))
  }
}
