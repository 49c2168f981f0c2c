//  Shape.swift — the extents of an array, outermost axis first.

/// The extents of a dense, row-major array. The empty shape is that of a scalar.
public struct Shape: Hashable, Sendable {
  /// The extent of each axis, outermost first. Each is at least 0.
  public let extents: [Int]

  /// Precondition: no extent is negative.
  public init(_ extents: [Int]) {
    precondition(extents.allSatisfy { $0 >= 0 }, "a shape has no negative extents, but \(extents) has")
    self.extents = extents
  }

  /// The number of axes.
  public var rank: Int { extents.count }

  /// The number of elements: the product of the extents, 1 for a scalar.
  public var count: Int { extents.reduce(1, *) }

  /// Row-major strides, in elements.
  public var strides: [Int] {
    var strides = [Int](repeating: 1, count: rank)
    for axis in stride(from: rank - 2, through: 0, by: -1) { strides[axis] = strides[axis + 1] * extents[axis + 1] }
    return strides
  }

  public subscript(axis: Int) -> Int { extents[axis] }

  /// The shape of a scalar.
  public static let scalar = Shape([])
}

extension Shape: ExpressibleByArrayLiteral {
  public init(arrayLiteral extents: Int...) { self.init(extents) }
}

extension Shape: CustomStringConvertible {
  public var description: String { "[" + extents.map(String.init).joined(separator: ", ") + "]" }
}

extension Shape {
  /// The shape that `self` and `other` broadcast to by the usual rule: axes are matched from the last, and an extent of
  /// one, or a missing axis, repeats. `nil` when two extents differ and neither is one.
  public func broadcast(with other: Shape) -> Shape? {
    let rank = Swift.max(self.rank, other.rank)
    var extents = [Int](repeating: 1, count: rank)
    for back in 1..<(rank + 1) {
      let mine = back <= self.rank ? self[self.rank - back] : 1
      let theirs = back <= other.rank ? other[other.rank - back] : 1
      guard mine == theirs || mine == 1 || theirs == 1 else { return nil }
      extents[rank - back] = mine == 1 ? theirs : mine
    }
    return Shape(extents)
  }
}
