//  Distribution+HiddenMarkov.swift — series whose distribution at each time is that of a state which is not seen.
//
//  Notation   K  states     T  times     zₜ  the state at time t
//             a  the weight of each first state, [K]     A  from a state (row) to the next (column), [K, K] or, for each step, [T − 1, K, K]
//             b  log p(yₜ | zₜ = k), [T, K]
//
//  Equations  (1) p(y) = Σ over all z of a(z₁) Π A(zₜ₋₁, zₜ) Π exp bₜ(zₜ)
//             (2)      = Σᵢⱼ a(i) exp b₁(i) (M₂ M₃ … M_T)ᵢⱼ,  Mₜ = A diag(exp bₜ)
//
//  The product is associative, so that neighbours are multiplied first, then pairs, then fours, each time all at once [Blelloch 1990]; all
//  in logarithms.
//  Cost       2 T K³ for the value, three times that for the gradient, in log₂ T passes; a loop over t has T K² in T passes.

import Arrays
public import Programs

extension Distribution {
  /// Equation (1): a series of numbers, shape [T], each from the distribution of a state that is not seen.
  ///
  /// - Parameters:
  ///   - initial: a: probabilities of the first state. Ones leave it out of account. Shape [K].
  ///   - transitions: A: row i has the probabilities of what follows on state i, taken as they are, whatever their sum. Shape [K, K], or
  ///     [T − 1, K, K] for each step its own.
  ///   - emissions: The distribution of a value in each state. K of them.
  public static func hiddenMarkov(
    initial: some TensorConvertible, transitions: some TensorConvertible, emissions: [Distribution]
  ) -> Distribution {
    let (initial, transitions) = (initial.tensor, transitions.tensor)
    precondition(!emissions.isEmpty, "a hidden Markov chain without states")
    return Distribution(ofRank: 1) { values in
      let logs = stack(emissions.map { $0.logDensities(values) }, axis: 1)
      return hiddenMarkovLogDensity(initial: initial, transitions: transitions, emissions: logs)
    }
  }
}

/// log p(y) of equation (1), for emissions of any kind: of vectors, of several quantities, with gaps (0 for all states).
///
/// Its gradient with respect to `emissions` is the probability of each state at each time, given all of the series.
///
/// - Parameters:
///   - initial: a. Shape [K].
///   - transitions: A. Shape [K, K] or [T − 1, K, K].
///   - emissions: b, log densities. Shape [T, K].
/// - Returns: Shape []. Unit: nats. −∞ where no path is possible, and where a number of `initial` or `transitions` is negative.
public func hiddenMarkovLogDensity(
  initial: some TensorConvertible, transitions: some TensorConvertible, emissions: Tensor
) -> Tensor {
  let (initial, transitions) = (initial.tensor, transitions.tensor)
  let states = initial.shape.count
  let times = emissions.shape.extents.first ?? 0
  precondition(
    initial.shape == [states] && emissions.shape == [times, states] && times > 0
      && (transitions.shape == [states, states] || transitions.shape == [times - 1, states, states]),
    "a hidden Markov chain with first states \(initial.shape), transitions \(transitions.shape) and emissions \(emissions.shape): "
      + "[K], [K, K] or [T − 1, K, K], and [T, K]")
  let isNegative = times > 1 ? (initial .< 0).sum() + (transitions .< 0).sum() : (initial .< 0).sum()
  return select(isNegative, .constant(-.infinity), logProbability(initial, transitions, emissions))
}

/// Equation (2). Numbers below 0 are taken for 0.
private func logProbability(_ initial: Tensor, _ transitions: Tensor, _ emissions: Tensor) -> Tensor {
  let (times, states) = (emissions.shape[0], initial.shape.count)
  let first = logarithmOrImpossible(initial) + emissions[0]
  guard times > 1 else { return possible(first.logSumExp()) }
  let following = emissions[1...].reshaped([times - 1, 1, states])
  var parts = logarithmOrImpossible(transitions) + following  // log Mₜ
  while parts.shape[0] > 1 {
    let (count, pairs) = (parts.shape[0], parts.shape[0] / 2)
    let products = logProducts(
      parts.slice(axis: 0, 0..<2 * pairs - 1, stride: 2), parts.slice(axis: 0, 1..<2 * pairs, stride: 2))
    let isOdd = count > 2 * pairs
    parts = isOdd ? concatenate([products, parts.slice(axis: 0, count - 1..<count)], axis: 0) : products
  }
  let total = first.reshaped([states, 1]) + parts.reshaped([states, states])  // (2)
  return possible(total.reshaped([states * states]).logSumExp())
}

/// log Σⱼ exp(xᵢⱼ + yⱼₖ) of each pair of matrices. Shapes [N, K, K] → [N, K, K].
private func logProducts(_ x: Tensor, _ y: Tensor) -> Tensor {
  let states = x.shape[2]
  let terms = (0..<states).map { j in x.slice(axis: 2, j..<j + 1) + y.slice(axis: 1, j..<j + 1) }
  if states <= 3 { return terms.dropFirst().reduce(terms[0], logAddExp) }
  return stack(terms, axis: 3).logSumExp()
}

/// Far below any log density, and yet a number: sums of it keep finite derivatives, which those of −∞ do not.
private let impossible = -1e30

private func logarithmOrImpossible(_ x: Tensor) -> Tensor {
  let isNothing = x .<= 0
  return select(isNothing, .constant(impossible), log(select(isNothing, .constant(1), x)))
}

private func possible(_ x: Tensor) -> Tensor { select(x .<= 0.5 * impossible, .constant(-.infinity), x) }
