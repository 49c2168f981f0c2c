//  ArcTangent.swift — the inverse of the tangent, from functions that there are.
//
//  Equations  (1) atan x = ±π/2 − atan(1/x)                      |x| > 1
//             (2) atan x = 2 atan(x / (1 + √(1 + x²)))           twice: |x| ≤ 1 comes to at most tan(π/16) = 0.199
//             (3) atan x = Σₖ (−1)ᵏ x²ᵏ⁺¹ / (2k + 1)             twelve terms: what is left out is below 10⁻¹⁸

/// The angle between −π/2 and π/2 whose tangent is the element. Unit: radians.
public func atan(_ x: Tensor) -> Tensor {
  let isLarge = abs(x) .> 1
  let small = arcTangentOfSmall(select(isLarge, 1 / select(isLarge, x, .constant(1)), x))
  let right = select(x .> 0, .constant(Double.pi / 2), .constant(-Double.pi / 2))
  return select(isLarge, right - small, small)  // (1)
}

/// Precondition: |x| ≤ 1.
private func arcTangentOfSmall(_ x: Tensor) -> Tensor {
  var reduced = x
  for _ in 0..<2 { reduced = reduced / (1 + sqrt(1 + reduced.squared)) }  // (2)
  let square = reduced.squared
  let series = stride(from: 11, through: 0, by: -1).reduce(Tensor.constant(0)) { sum, k in
    1 / Double(2 * k + 1) - square * sum
  }
  return 4 * (reduced * series)  // (3)
}
