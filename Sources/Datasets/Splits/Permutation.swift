//  Permutation.swift — a random order of rows that stays the same for a seed.
//
//  The standard library may change the algorithm of its shuffle; a split that is published must not change with it. So the
//  shuffle stands here: Fisher and Yates, with bounded numbers by multiplication and rejection [Lemire 2019].

/// A random order of `0..<count`: each of the count! orders with equal probability.
public func permutation(of count: Int, using generator: inout some RandomNumberGenerator) -> [Int] {
  var order = Array(0..<count)
  for last in stride(from: count - 1, to: 0, by: -1) {
    order.swapAt(last, uniform(below: last + 1, using: &generator))
  }
  return order
}

/// An integer of `0..<bound`, each with equal probability. Precondition: bound > 0.
func uniform(below bound: Int, using generator: inout some RandomNumberGenerator) -> Int {
  let bound = UInt64(bound)
  // 2⁶⁴ mod bound of the low halves would favour some results; they are drawn again.
  let rejected = (0 &- bound) % bound
  while true {
    let product = generator.next().multipliedFullWidth(by: bound)
    if product.low >= rejected { return Int(product.high) }
  }
}
