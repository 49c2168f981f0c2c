//  LimitedMemoryBFGS.swift — quasi-Newton minimisation of a smooth function of many variables.
//
//  Notation   x, g the point and the gradient, [P]    sᵢ, yᵢ the last h changes of x and g
//             H  approximation of the inverse Hessian, never formed
//  Equations  (1) d = −H g by two loops over the pairs (s, y), starting from H₀ = γ I, γ = sᵀy / yᵀy of the last pair
//             (2) a pair is kept only if sᵀy > 0, so that H stays positive definite
//             (3) stop when max |gᵢ| ≤ gradientTolerance, or when f falls by no more than valueTolerance · max(1, |f|)
//  Source     Liu and Nocedal (1989); Nocedal and Wright (2006), algorithm 7.4.
//
//  Cost       memory (2 h + 4) P; 4 h P flops an iteration beside one or two evaluations. For full batches: noise
//             in the gradient breaks both the pairs and the line search; then use `Optimizer`.

public import Arrays

/// The limited-memory method of Broyden, Fletcher, Goldfarb and Shanno.
public struct LimitedMemoryBFGS: Sendable, Hashable, Codable {
  /// Pairs that are remembered, h.
  public var history: Int
  public var iterationLimit: Int
  /// The largest entry of the gradient at which the search is over. Unit: that of f over that of x.
  public var gradientTolerance: Double
  /// The relative decrease of f below which the search is over; 0 to leave it to the gradient.
  public var valueTolerance: Double

  public init(
    history: Int = 10, iterationLimit: Int = 1000, gradientTolerance: Double = 1e-6, valueTolerance: Double = 0
  ) {
    precondition(history > 0, "a history of \(history) pairs: at least one is needed")
    precondition(iterationLimit >= 0, "at most \(iterationLimit) iterations")
    self.history = history
    self.iterationLimit = iterationLimit
    self.gradientTolerance = gradientTolerance
    self.valueTolerance = valueTolerance
  }

  /// Why a search ended.
  public enum Outcome: String, Sendable, Codable {
    case gradientVanished, valueSettled, iterationLimitReached
    /// No step length satisfies the Wolfe conditions: usually the precision of f is exhausted.
    case lineSearchFailed
    /// The function or its gradient is not finite at the start.
    case notFinite
  }

  /// Where a search ended.
  public struct Minimum<Element: Scalar>: Sendable {
    /// The best point found. Shape [P].
    public let position: [Element]
    public let value: Double
    /// The largest absolute entry of the gradient there.
    public let gradientMaximum: Double
    public let iterations: Int
    public let evaluations: Int
    public let outcome: Outcome
  }

  /// Minimises a function.
  ///
  /// - Parameters:
  ///   - objective: Reads a point, writes the gradient there, and returns the value. Both of shape [P].
  ///   - accepting: Called with each point that a step arrives at, the gradient and the value there.
  public func minimize<Element: Scalar>(
    from start: [Element],
    _ objective: (UnsafeBufferPointer<Element>, UnsafeMutableBufferPointer<Element>) -> Double,
    accepting: ([Element], [Element], Double) -> Void = { _, _, _ in }
  ) -> Minimum<Element> {
    let count = start.count
    var x = start, g = [Element](repeating: 0, count: count), direction = g, trial = start, trialGradient = g
    var memory = CurvaturePairs<Element>(capacity: history)
    var evaluations = 0
    func evaluate(_ point: [Element], _ gradient: inout [Element]) -> Double {
      evaluations += 1
      return point.withUnsafeBufferPointer { point in gradient.withUnsafeMutableBufferPointer { objective(point, $0) } }
    }
    var value = evaluate(x, &g), iteration = 0
    func end(_ outcome: Outcome) -> Minimum<Element> {
      Minimum(
        position: x, value: value, gradientMaximum: largestMagnitude(g), iterations: iteration,
        evaluations: evaluations, outcome: outcome)
    }
    guard value.isFinite, largestMagnitude(g).isFinite else { return end(.notFinite) }

    while true {
      if largestMagnitude(g) <= gradientTolerance { return end(.gradientVanished) }  // (3)
      if iteration == iterationLimit { return end(.iterationLimitReached) }
      iteration += 1
      memory.descend(g, into: &direction)  // (1)
      var slope = dot(direction, g)
      if !(slope < 0) {
        memory.forget()
        memory.descend(g, into: &direction)
        slope = dot(direction, g)
      }
      let first = memory.isEmpty ? min(1, 1 / max(dot(g, g).squareRoot(), .leastNormalMagnitude)) : 1
      let origin = LinePoint(length: 0, value: value, slope: slope)
      let accepted = LineSearch().search(from: origin, first: first) { length in
        add(x, Element(length), direction, into: &trial)
        let trialValue = evaluate(trial, &trialGradient)
        return LinePoint(length: length, value: trialValue, slope: dot(trialGradient, direction))
      }
      guard let accepted else {
        if memory.isEmpty { return end(.lineSearchFailed) }
        memory.forget()  // once more, along the gradient
        continue
      }
      memory.remember(from: x, g, to: trial, trialGradient)  // (2)
      let decrease = value - accepted.value
      swap(&x, &trial)
      swap(&g, &trialGradient)
      value = accepted.value
      accepting(x, g, value)
      if valueTolerance > 0, decrease <= valueTolerance * max(1, abs(value)) { return end(.valueSettled) }  // (3)
    }
  }
}
