//  Chains.swift — the draws of one quantity by several Markov chains.
//
//  Notation   C  chains     N  draws of each, in order     S = C N
//
//  All diagnostics begin here, and all refuse rather than flatter: a draw that is not finite makes them undefined.

public import Arrays

/// The draws of one quantity. Shape [C, N].
public struct Chains: Hashable, Sendable {
  /// The draws of each chain, in the order in which they were made.
  public let draws: [[Double]]

  /// Precondition: at least one chain; all are of one length.
  public init(_ draws: [[Double]]) {
    precondition(!draws.isEmpty, "chains need at least one chain")
    precondition(
      draws.allSatisfy { $0.count == draws[0].count }, "chains have one length, not \(draws.map(\.count))")
    self.draws = draws
  }

  /// Precondition: shape [C, N] with C ≥ 1.
  public init(_ array: DenseArray<Double>) {
    precondition(array.rank == 2 && array.shape[0] > 0, "chains are a matrix [chains, draws], not \(array.shape)")
    let count = array.shape[1]
    self.init((0..<array.shape[0]).map { Array(array.elements[$0 * count..<($0 + 1) * count]) })
  }

  /// C.
  public var chainCount: Int { draws.count }

  /// N.
  public var drawCount: Int { draws[0].count }

  /// S.
  public var count: Int { chainCount * drawCount }

  /// All draws, chain after chain. Shape [S].
  public var pooled: [Double] { Array(draws.joined()) }

  /// Fewer draws than this a chain have no diagnostics.
  static let fewestDraws = 4

  /// Whether diagnostics are defined at all: every draw is finite, and there are at least four a chain.
  var isUsable: Bool { drawCount >= Self.fewestDraws && draws.allSatisfy { $0.allSatisfy(\.isFinite) } }

  /// Whether all draws of all chains are one number.
  public var isConstant: Bool { draws.allSatisfy { $0.allSatisfy { $0 == draws[0][0] } } }

  /// Whether R-hat has nothing to compare: all draws of the halves (`split`) are one number.
  package var areConstantHalves: Bool { split.isConstant }

  /// The chains cut in halves, 2 C of ⌊N/2⌋ draws: a trend within a chain becomes a difference between two. Of an odd
  /// number of draws the one in the middle is left out.
  var split: Chains {
    let half = drawCount / 2
    return Chains(draws.flatMap { [Array($0.prefix(half)), Array($0.suffix(half))] })
  }

  /// f of every draw.
  public func map(_ function: (Double) -> Double) -> Chains { Chains(draws.map { $0.map(function) }) }

  /// The mean of all draws.
  public var mean: Double {
    let standard = StandardizedChains(self)
    return standard.place(average(standard.chains.pooled))
  }

  /// The standard deviation of all draws, with the divisor S − 1.
  public var standardDeviation: Double {
    let standard = StandardizedChains(self)
    return standard.length(sampleVariance(standard.chains.pooled).squareRoot())
  }

  /// The draws in units in which squares and products of their deviations neither overflow nor vanish.
  var standardized: Chains { StandardizedChains(self).chains }

  /// The quantile of all draws at p, linear between order statistics (type 7). Precondition: p in [0, 1].
  public func quantile(_ p: Double) -> Double { interpolatedQuantile(pooled.sorted(), p) }
}

/// Σ (xᵢ − x̄)² / (n − 1).
func sampleVariance(_ values: [Double]) -> Double {
  guard let first = values.first else { return .nan }
  // Exact where all are the same.
  let mean = first + average(values) { $0 - first }
  return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
}

/// The quantile of sorted values at p, linear between x₍₁₎ at 0 and x₍ₙ₎ at 1; not a number for no values.
func interpolatedQuantile(_ sorted: [Double], _ p: Double) -> Double {
  precondition(p >= 0 && p <= 1, "a quantile at \(p): it needs a probability")
  guard !sorted.isEmpty else { return .nan }
  let position = p * Double(sorted.count - 1)
  let below = Int(position)
  guard below + 1 < sorted.count else { return sorted[sorted.count - 1] }
  let (lower, upper) = (sorted[below], sorted[below + 1])
  return lower == upper ? lower : lower + (position - Double(below)) * (upper - lower)
}
