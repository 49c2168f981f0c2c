//  PathMoments.swift — the mean, the variances and the last deviations of the parameters along a path.
//
//  Notation   θₙ [P] the n-th parameters that are looked at, n = 1, 2, …     K the number of deviations that are kept
//
//  Equations  (1) mean        c ← c + (θₙ − c) / n                                            [Izmailov et al. 2018]
//             (2) squares     q ← q + (θₙ − c₋)(θₙ − c),  c₋ the mean before (1)               [Welford 1962]
//             (3) deviations  the last K of θₙ − c                                            [Maddox et al. 2019]
//
//  The variance is q / n. Papers keep the mean of θ² and subtract c²; the two are the same number, but in `Float` the
//  difference of squares of a weight that moves by a thousandth of its size has no correct digit, and (2) has all but a few.
//
//  Cost       one pass over θ, c, q and a row of D for each look; memory (2 + K) P numbers.

public import Arrays
import CKernels

/// Moments of a path of P parameters. A look allocates nothing, and gives the same bits for any pool.
public final class PathMoments<Element: Scalar> {
  /// P.
  public let count: Int
  /// K.
  public let rank: Int
  /// n, the looks so far.
  public private(set) var looks: Int
  /// c, equation (1). Shape [P].
  public let mean: UnsafeMutableBufferPointer<Element>
  /// q, equation (2). Shape [P].
  public let squares: UnsafeMutableBufferPointer<Element>
  /// A ring of the deviations: row (n − 1) mod K is that of look n. Shape [K, P].
  let ring: UnsafeMutableBufferPointer<Element>

  /// Precondition: rank ≥ 0.
  public init(count: Int, rank: Int) {
    precondition(rank >= 0, "a path with \(rank) deviations")
    self.count = count
    self.rank = rank
    looks = 0
    func vector(_ count: Int) -> UnsafeMutableBufferPointer<Element> {
      // Aligned to whole vectors.
      let memory = UnsafeMutableRawBufferPointer.allocate(
        byteCount: count * MemoryLayout<Element>.stride, alignment: 64
      ).bindMemory(to: Element.self)
      memory.initialize(repeating: 0)
      return memory
    }
    (mean, squares, ring) = (vector(count), vector(count), vector(rank * count))
  }

  deinit { for memory in [mean, squares, ring] { memory.deallocate() } }

  /// Looks at the next parameters. Shape [P].
  public func look(at parameters: UnsafeBufferPointer<Element>, pool: WorkerPool? = nil) {
    precondition(parameters.count == count, "\(parameters.count) parameters for a path of \(count)")
    var update = credence_moments_update()
    update.is_double = Element.self == Double.self
    update.vector = UnsafeRawPointer(parameters.baseAddress)
    update.centre = UnsafeMutableRawPointer(mean.baseAddress)
    update.squares = UnsafeMutableRawPointer(squares.baseAddress)
    if rank > 0, let start = ring.baseAddress {
      update.column = UnsafeMutableRawPointer(start + looks % rank * count)
    }
    looks += 1
    update.count = count
    update.share = 1 / Double(looks)
    credence_moments_run(&update, pool?.raw)
  }

  /// Takes up a path. Precondition: `mean` and `squares` of shape [P], `ring` of shape [K, P].
  func restore(looks: Int, mean: [Element], squares: [Element], ring: [Element]) {
    self.looks = looks
    for (memory, values) in [(self.mean, mean), (self.squares, squares), (self.ring, ring)] {
      precondition(memory.count == values.count, "\(values.count) numbers where the path keeps \(memory.count)")
      _ = memory.update(fromContentsOf: values)
    }
  }

  /// The Gaussian that equations (1) to (3) describe.
  public var gaussian: LowRankGaussian<Element> {
    let kept = min(looks, rank)
    // Oldest first.
    let order = (0..<kept).map { (looks - kept + $0) % max(rank, 1) }
    // In one piece from the beginning: an array that grows is there twice.
    var deviations: [Element] = []
    deviations.reserveCapacity(kept * count)
    for row in order { deviations += ring[row * count..<(row + 1) * count] }
    let share = 1 / Element(max(looks, 1))
    return LowRankGaussian(
      mean: Array(mean), variances: squares.map { $0 * share },
      deviations: DenseArray(deviations, shape: [kept, count]))
  }
}
