//  Shape+Codable.swift — a shape in a file: the list of its extents.

extension Shape: Codable {
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(extents)
  }

  /// Throws: `DecodingError` when an extent is negative, or when the number of elements does not fit an `Int`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let extents = try container.decode([Int].self)
    var count = 1
    for extent in extents {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard extent >= 0, !overflow else {
        throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(extents) is not a shape")
      }
      count = product
    }
    self.init(extents)
  }
}
