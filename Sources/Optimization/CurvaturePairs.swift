//  CurvaturePairs.swift — the memory of the limited-memory BFGS method, and its product with a gradient.

internal import Arrays

/// The last changes of the point and of the gradient, in a ring.
struct CurvaturePairs<Element: Scalar> {
  private var changes: [(s: [Element], y: [Element], curvature: Double)] = []
  private var oldest = 0
  private let capacity: Int
  private var weights: [Double]

  init(capacity: Int) {
    self.capacity = capacity
    weights = [Double](repeating: 0, count: capacity)
    changes.reserveCapacity(capacity)
  }

  var isEmpty: Bool { changes.isEmpty }

  mutating func forget() {
    changes.removeAll(keepingCapacity: true)
    oldest = 0
  }

  /// Keeps the pair of a step unless its curvature sᵀy is not clearly positive: rounding could have made its sign.
  mutating func remember(from x: [Element], _ g: [Element], to next: [Element], _ nextGradient: [Element]) {
    var s = next, y = nextGradient
    add(-1, x, to: &s)
    add(-1, g, to: &y)
    let curvature = dot(s, y)
    guard curvature > Double(Element.ulpOfOne) * (dot(s, s) * dot(y, y)).squareRoot() else { return }
    if changes.count < capacity {
      changes.append((s, y, curvature))
    } else {
      changes[oldest] = (s, y, curvature)
      oldest = (oldest + 1) % capacity
    }
  }

  /// direction ← −H gradient, by the two loops.
  mutating func descend(_ gradient: [Element], into direction: inout [Element]) {
    add(gradient, -2, gradient, into: &direction)
    for age in 0..<changes.count {
      let (s, y, curvature) = changes[index(age)]
      weights[age] = dot(s, direction) / curvature
      add(Element(-weights[age]), y, to: &direction)
    }
    if !changes.isEmpty {
      let (_, y, curvature) = changes[index(0)]
      scale(&direction, by: Element(curvature / dot(y, y)))
    }
    for age in (0..<changes.count).reversed() {
      let (s, y, curvature) = changes[index(age)]
      add(Element(weights[age] - dot(y, direction) / curvature), s, to: &direction)
    }
  }

  /// Where the pair of `age` steps back lies, 0 the newest.
  private func index(_ age: Int) -> Int { (oldest + changes.count - 1 - age) % changes.count }
}
