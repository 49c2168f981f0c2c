//  StorablePosterior.swift — a posterior that can be written down as named arrays and numbers, and made again from them.
//
//  What is read back may be the work of a stranger. `PosteriorContents` hands out an array only after its shape has been
//  compared with the expected one, and every number in it is finite; an initialiser that takes all that it uses through
//  these checks cannot be led astray.

public import Arrays
public import Networks

/// A posterior whose contents can go into a file.
public protocol StorablePosterior: Posterior {
  /// What files call this kind: one word, unlike that of any other kind.
  static var kind: String { get }

  /// Passes through the network that the prediction of one input takes.
  var forwardPasses: Int { get }

  /// All that the posterior is beside its model.
  var contents: PosteriorContents { get }

  /// The posterior of these contents: `init(model: p.model, contents: p.contents)` predicts the same bits as `p`.
  ///
  /// Throws: `PosteriorFault` when they cannot be those of a posterior of this kind over this model.
  init(model: BayesianModel, contents: PosteriorContents) throws(PosteriorFault)
}

/// Why contents are not those of a posterior. A part of a sentence: "the array 'draws' has shape [2], not [any, 17]".
public struct PosteriorFault: Error, Hashable, Sendable, CustomStringConvertible {
  public let description: String

  public init(_ description: String) { self.description = description }
}

/// Named arrays and single numbers.
public struct PosteriorContents: Hashable, Sendable {
  public var arrays: [String: DenseArray<Float>]
  /// Precise single numbers, as a log evidence.
  public var numbers: [String: Double]

  public init(arrays: [String: DenseArray<Float>], numbers: [String: Double] = [:]) {
    self.arrays = arrays
    self.numbers = numbers
  }

  /// The array of that name.
  ///
  /// - Parameter shape: The expected extents; `nil` for one that may be any from 1.
  /// - Throws: `PosteriorFault` when there is none, its shape is another, or a number in it is not finite.
  public func array(_ name: String, shape: [Int?]) throws(PosteriorFault) -> DenseArray<Float> {
    guard let array = arrays[name] else { throw PosteriorFault("the array '\(name)' is missing") }
    let extents = array.shape.extents
    let agrees = zip(extents, shape).allSatisfy { extent, expected in expected.map { $0 == extent } ?? (extent >= 1) }
    guard extents.count == shape.count, agrees else {
      let expected = shape.map { $0.map(String.init) ?? "any" }.joined(separator: ", ")
      throw PosteriorFault("the array '\(name)' has shape \(array.shape), not [\(expected)]")
    }
    guard array.isFinite else {
      throw PosteriorFault("the array '\(name)' holds a number that is not finite")
    }
    return array
  }

  /// The number of that name.
  ///
  /// Throws: `PosteriorFault` when there is none, or it is not in `range`, or not finite.
  public func number(
    _ name: String, in range: ClosedRange<Double> = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude
  ) throws(PosteriorFault) -> Double {
    guard let number = numbers[name] else { throw PosteriorFault("the number '\(name)' is missing") }
    guard range.contains(number) else { throw PosteriorFault("the number '\(name)' is \(number)") }
    return number
  }

  /// The whole number of that name, in `range`.
  ///
  /// Throws: `PosteriorFault` when there is none, or it is not a whole number in `range`.
  public func integer(_ name: String, in range: ClosedRange<Int>) throws(PosteriorFault) -> Int {
    guard let integer = Int(exactly: try number(name)), range.contains(integer) else {
      throw PosteriorFault("the number '\(name)' is \(numbers[name] ?? .nan), not a whole one in \(range)")
    }
    return integer
  }

  /// The names under which a seed is kept: its halves, since a `Double` does not hold 64 bits.
  public static let seedNames: Set<String> = ["seed.high", "seed.low"]

  /// Keeps a seed among the numbers.
  public mutating func setSeed(_ seed: UInt64) {
    numbers["seed.high"] = Double(seed >> 32)
    numbers["seed.low"] = Double(seed & 0xFFFF_FFFF)
  }

  /// The seed that `setSeed` has kept.
  ///
  /// Throws: `PosteriorFault` when there is none.
  public func seed() throws(PosteriorFault) -> UInt64 {
    let half = 0...Int(UInt32.max)
    return try UInt64(integer("seed.high", in: half)) << 32 | UInt64(integer("seed.low", in: half))
  }

  /// The log evidence, where there is one: the number that `Posterior.logEvidence` reports goes under this name.
  ///
  /// Throws: `PosteriorFault` when it is not finite.
  public func logEvidence() throws(PosteriorFault) -> Double? {
    numbers["logEvidence"] == nil ? nil : try number("logEvidence")
  }

  /// Throws: `PosteriorFault` when an array or a number, except the log evidence, is none of these.
  public func checkNames(arrays arrayNames: Set<String>, numbers numberNames: Set<String> = []) throws(PosteriorFault) {
    if let name = arrays.keys.filter({ !arrayNames.contains($0) }).min() {
      throw PosteriorFault("the array '\(name)' does not belong to it")
    }
    if let name = numbers.keys.filter({ !numberNames.contains($0) && $0 != "logEvidence" }).min() {
      throw PosteriorFault("the number '\(name)' does not belong to it")
    }
  }
}
