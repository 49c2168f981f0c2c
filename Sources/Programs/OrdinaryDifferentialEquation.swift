//  OrdinaryDifferentialEquation.swift — states of dy/dt = f(t, y), with derivatives in whatever f and the start depend on.
//
//  Equations  (1) k₁ = f(t, y), k₂ = f(t + h/2, y + h k₁/2), k₃ = f(t + h/2, y + h k₂/2), k₄ = f(t + h, y + h k₃)
//             (2) y ← y + h (k₁ + 2 k₂ + 2 k₃ + k₄)/6                                  [Kutta 1901]
//             (3) the error of y with step h ≈ 16/15 (y with h − y with h/2), of fourth order
//
//  The step is fixed, so that the log density is smooth in its parameters. `solutionError` says by (3) what it costs: derive it for the
//  draws, and take more steps where it tells. Stiff equations need another method.
//  Cost       four f a step, all recorded. To compile, a gradient of two populations takes a second for every 600 steps; to run, half a
//             microsecond a step.

import Arrays

/// The states of an ordinary differential equation at given times, equation (2).
///
/// - Parameters:
///   - initial: The components of y at `start`, each of any shape: scalars for a few quantities, one vector for many.
///   - times: Ascending, from `start` on.
///   - steps: Steps between one time and the next.
///   - derivative: f, from a time and the components of a state to as many of the same shapes.
/// - Returns: Each component at all times. Shape [times, shape of the component].
public func solution(
  from initial: [Tensor], start: Double, times: [Double], steps: Int, derivative: (Double, [Tensor]) -> [Tensor]
) -> [Tensor] {
  precondition(steps >= 1 && !times.isEmpty, "\(steps) steps to each of \(times.count) times")
  func slope(_ time: Double, _ state: [Tensor]) -> [Tensor] {
    let slope = derivative(time, state)
    precondition(
      slope.map(\.shape) == initial.map(\.shape),
      "a derivative of shapes \(slope.map(\.shape)) of a state of shapes \(initial.map(\.shape))")
    return slope
  }
  func moved(_ state: [Tensor], _ time: Double, _ slope: [Tensor]) -> [Tensor] {
    zip(state, slope).map { $0 + time * $1 }
  }
  var (time, state) = (start, initial)
  var states: [[Tensor]] = []
  for next in times {
    precondition(next >= time, "times ascend: \(next) comes after \(time)")
    let h = (next - time) / Double(steps)
    for step in 0..<(h > 0 ? steps : 0) {
      let now = time + h * Double(step)
      let first = slope(now, state)
      let second = slope(now + 0.5 * h, moved(state, 0.5 * h, first))
      let third = slope(now + 0.5 * h, moved(state, 0.5 * h, second))
      let fourth = slope(now + h, moved(state, h, third))
      let total = state.indices.map { first[$0] + 2 * (second[$0] + third[$0]) + fourth[$0] }
      state = moved(state, h / 6, total)
    }
    time = next
    states.append(state)
  }
  return initial.indices.map { component in stack(states.map { $0[component] }) }
}

/// The error of each state of `solution`, by equation (3): what it gives less what twice the steps give, times 16/15.
///
/// A quantity to derive for draws, not for a density: held against the noise of the observations it says whether `steps` are enough.
///
/// - Returns: Of each component at all times. Shape [times, shape of the component].
public func solutionError(
  from initial: [Tensor], start: Double, times: [Double], steps: Int, derivative: (Double, [Tensor]) -> [Tensor]
) -> [Tensor] {
  let coarse = solution(from: initial, start: start, times: times, steps: steps, derivative: derivative)
  let fine = solution(from: initial, start: start, times: times, steps: 2 * steps, derivative: derivative)
  return zip(coarse, fine).map { (16.0 / 15) * ($0 - $1) }
}
