//  SlopeProducts.swift — a product that multiplies by the derivative of tanh what it has just computed.
//
//  The cotangent of a hidden layer is a product, and after it (1 − y²) times that, element by element. Where nothing else reads the
//  product, both are one step: the matrix is written once and not read again in between.

enum SlopeProducts {
  /// The steps with such pairs as one step, in the place of the second.
  static func combined(_ steps: [Step], isShared: (Int) -> Bool) -> [Step] {
    var readers: [Int: Int] = [:]
    var firstWriter: [Int: Int] = [:]
    for (index, step) in steps.enumerated() {
      for view in step.reads { readers[view.buffer, default: 0] += 1 }
      for view in step.writes where firstWriter[view.buffer] == nil { firstWriter[view.buffer] = index }
    }
    var result: [Step?] = steps
    for (index, step) in steps.enumerated() {
      guard case .fused(let kernel) = step, let slope = kernel.onlyTanhSlope, readers[slope.x.buffer] == 1,
        !isShared(slope.x.buffer),
        let source = firstWriter[slope.x.buffer], source < index,
        case .product(var product) = steps[source], product.batch == 1, product.bias == nil, product.activation == nil,
        product.out == slope.x, slope.y.isContiguous, slope.out.extents == slope.x.extents
      else { continue }
      product.out = slope.out
      product.slope = slope.y
      (result[source], result[index]) = (nil, .product(product))
    }
    return result.compactMap(\.self)
  }
}

extension FusedKernel {
  /// The operands and the result of a kernel that does nothing but x (1 − y²).
  fileprivate var onlyTanhSlope: (x: View, y: View, out: View)? {
    guard lines.count == 3, let last = lines.last, case .tanhSlope(let x, let y) = last.operation, let out = last.store,
      case .direct(let first) = lines[x].operation, case .direct(let second) = lines[y].operation
    else { return nil }
    return (first, second, out)
  }
}
