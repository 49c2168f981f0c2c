//  BasisOptions.swift — the features of a linear model, and which numbers of them to compare.

import ArgumentParser
import Credence
import Foundation

/// Whole numbers as a list or a range: "3", "0...9", "1,2,5".
struct DegreeList: CustomStringConvertible {
  let degrees: [Int]

  /// As it would be written.
  var description: String {
    guard let first = degrees.first, let last = degrees.last, degrees.count > 2, last - first == degrees.count - 1
    else {
      return degrees.map(String.init).joined(separator: ",")
    }
    return "\(first)...\(last)"
  }

  init(degrees: [Int]) { self.degrees = degrees }

  /// Throws: `ValidationError` that says what can be written.
  init(parsing argument: String) throws {
    let ends = argument.components(separatedBy: "...").map { Int($0) }
    let listed = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    if ends.count == 2, let first = ends[0], let last = ends[1], first >= 0, first <= last,
      last - first < Self.mostDegrees
    {
      degrees = Array(first...last)
    } else if listed.allSatisfy({ ($0 ?? -1) >= 0 }) {
      degrees = Array(Set(listed.compactMap { $0 })).sorted()
    } else {
      throw ValidationError(
        "--degrees is a range from the least to the greatest, as 0...9, of at most \(Self.mostDegrees) numbers, or a list, as "
          + "1,2,5, not '\(argument)'.")
    }
  }

  private static let mostDegrees = 1000
}

enum BasisName: String, ExpressibleByArgument, CaseIterable {
  case polynomial, fourier, radial
  case lastLayer = "last-layer"
}

struct BasisOptions: ParsableArguments {
  @Option(
    help: """
      Powers of each input; sines and cosines; bells on evenly spaced rows of the data; or what the last layer of a fitted \
      network weighs.
      """)
  var basis: BasisName = .polynomial

  @Option(
    help: ArgumentHelp(
      """
      The degrees to compare, as 0...9 or 1,2,5: powers, frequencies, or numbers of bells, at most one for each different row \
      (default: 0...9).
      """,
      valueName: "list"), transform: { try DegreeList(parsing: $0) })
  var degrees: DegreeList?

  @Option(
    help: ArgumentHelp(
      "The model of the same columns whose last layer that is: a file that `credence fit` wrote.", valueName: "file"))
  var model: String?

  func validate() throws {
    guard (basis == .lastLayer) == (model != nil) else {
      throw ValidationError("--basis last-layer and --model belong together.")
    }
    if basis == .lastLayer && degrees != nil {
      throw ValidationError("--degrees belongs to the other bases; a last layer has the units that it has.")
    }
  }

  var chosenDegrees: DegreeList { degrees ?? DegreeList(degrees: Array(0...9)) }

  /// The features of one degree. Precondition: the basis is not that of a last layer. Inputs are standardised: a period of six deviations spans them, bells are one wide.
  func functions(degree: Int, inputs: DenseArray<Double>) -> BasisFunctions {
    switch basis {
    case .polynomial: .polynomial(degree: degree)
    case .fourier: .fourier(frequencies: degree, period: 6)
    case .radial: .radial(centres: Self.centres(degree, inputs), width: 1)
    case .lastLayer: preconditionFailure("the features of a last layer are those of its model")
    }
  }

  /// The degrees to compare: of bells at most as many as there are different rows, a second one in the place of another says nothing.
  func degrees(for inputs: DenseArray<Double>) -> [Int] {
    guard basis == .radial else { return chosenDegrees.degrees }
    let most = Self.distinctRows(inputs).count
    return Array(Set(chosenDegrees.degrees.map { min($0, most) })).sorted()
  }

  /// So many different rows, in order of their first input, evenly spaced. Precondition: there are as many.
  private static func centres(_ count: Int, _ inputs: DenseArray<Double>) -> [[Double]] {
    let rows = distinctRows(inputs)
    return (0..<count).map { rows[count == 1 ? (rows.count - 1) / 2 : $0 * (rows.count - 1) / (count - 1)] }
  }

  /// In order of their first input.
  private static func distinctRows(_ inputs: DenseArray<Double>) -> [[Double]] {
    let width = inputs.shape[1]
    var seen: Set<[Double]> = []
    let rows = (0..<inputs.shape[0]).map { Array(inputs.elements[$0 * width..<($0 + 1) * width]) }
    return rows.filter { seen.insert($0).inserted }.sorted { ($0.first ?? 0) < ($1.first ?? 0) }
  }

  /// What a degree is called in the table.
  var noun: String {
    switch basis {
    case .polynomial: "degree"
    case .fourier: "frequencies"
    case .radial: "bells"
    case .lastLayer: "units"
    }
  }
}
