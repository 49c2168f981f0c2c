//  LogBeta.swift — logarithms of beta functions, binomial coefficients and rising factorials, without differences of large log Γ.
//
//  Notation   δ(x) = log Γ(x) − (x − ½) log x + x − ½ log 2π, Stirling's error
//
//  Equations  (1) log B(a, b)     = ½ log 2π − (a − ½) log(1 + b/a) − b log(1 + a/b) − ½ log b + δ(a) + δ(b) − δ(a + b)
//             (2) log C(n, k)     = −log(n + 1) − log B(n − k + 1, k + 1)
//             (3) log Γ(x + k)/Γ(x) = (x − ½) log(1 + k/x) + k (log(x + k) − 1) + δ(x + k) − δ(x)
//             (4) δ(x) = 1/12x − 1/360x³ + 1/1260x⁵ − …, for x ≥ 10 to 10⁻¹⁵ with six terms      [Abramowitz and Stegun 1964]
//
//  log Γ(10⁸) is 1.7 · 10⁹, known to 2 · 10⁻⁷: sums and differences of such are no better. Here the large parts have cancelled on
//  paper, in the values and in their derivatives.

import Arrays

/// log B(a, b) = log Γ(a) Γ(b)/Γ(a + b), element by element, equation (1). Precondition: a, b > 0.
public func logBeta(_ a: some TensorConvertible, _ b: some TensorConvertible) -> Tensor {
  let (a, b) = (a.tensor, b.tensor)
  let powers = (a - 0.5) * log1p(b / a) + b * log1p(a / b) + 0.5 * log(b)
  return halfLogTwoPi - powers + (stirlingError(a) + stirlingError(b) - stirlingError(a + b))
}

/// log n!/(k! (n − k)!), element by element, equation (2); −∞ where k is not from 0 to n. n and k need not be whole.
public func logChoose(_ n: some TensorConvertible, _ k: some TensorConvertible) -> Tensor {
  let (n, k) = (n.tensor, k.tensor)
  let isPossible = (k .>= 0) * (k .<= n)
  let (others, chosen) = (select(isPossible, n - k, .constant(0)), select(isPossible, k, .constant(0)))
  return select(
    isPossible, -log(others + chosen + 1) - logBeta(others + 1, chosen + 1), .constant(-.infinity))
}

/// log Γ(x + k)/Γ(x) = log x (x + 1) … (x + k − 1), element by element, equation (3). Precondition: x > 0, k ≥ 0.
package func logRisingFactorial(_ x: Tensor, _ k: Tensor) -> Tensor {
  let end = x + k
  return (x - 0.5) * log1p(k / x) + k * (log(end) - 1) + (stirlingError(end) - stirlingError(x))
}

private let halfLogTwoPi = 0x1.d67f1c864beb5p-1

/// δ(x), by equation (4) or by its definition.
private func stirlingError(_ x: Tensor) -> Tensor {
  let isLarge = x .>= 10
  // Each way has a harmless argument where the other is taken.
  let inverse = 1 / select(isLarge, x, .constant(10))
  let square = inverse.squared
  let coefficients = [1.0 / 12, -1.0 / 360, 1.0 / 1260, -1.0 / 1680, 1.0 / 1188, -691.0 / 360360]
  let series = coefficients.dropLast().reversed().reduce(square.filled(coefficients[5])) { $0 * square + $1 }
  let small = select(isLarge, .constant(1), x)
  let definition = lgamma(small) - (small - 0.5) * log(small) + small - halfLogTwoPi
  return select(isLarge, series * inverse, definition)
}
