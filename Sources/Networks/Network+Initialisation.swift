//  Network+Initialisation.swift — where training starts.

public import Arrays

extension Network {
  /// Draws θ by the initialisers of the layers. Shape [P].
  public func initialParameters<Element: Scalar>(
    _ type: Element.Type = Element.self, using generator: inout some RandomNumberGenerator
  ) -> DenseArray<Element> {
    DenseArray(initialValues(using: &generator).map { Element($0) })
  }

  /// In `Double`, whatever the element type is, so that `Float` and `Double` networks start alike.
  func initialValues(using generator: inout some RandomNumberGenerator) -> [Double] {
    var values: [Double] = []
    values.reserveCapacity(parameterCount)
    for declared in declarations {
      values += declared.initialiser.values(
        shape: declared.shape, fanIn: declared.fanIn, fanOut: declared.fanOut, using: &generator)
    }
    return values
  }

  /// The running statistics before training: means of zero, variances of one. Shape [Q].
  public func initialState<Element: Scalar>(_ type: Element.Type = Element.self) -> DenseArray<Element> {
    DenseArray(
      stateDeclarations.flatMap { [Element](repeating: Element($0.initial), count: $0.shape.count) })
  }
}
