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
      Powers of each input; sines and cosines of each, of a period of twice the range of the data; bells on rows that are \
      spread over the data, √D deviations wide for D columns; or what the last layer of a fitted network weighs.
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

  /// The features of one degree. Precondition: the basis is not that of a last layer.
  ///
  /// Inputs are standardised, so that rows of D columns are about √(2D) apart: bells of the width √D reach from one to the next.
  func functions(degree: Int, inputs: DenseArray<Double>) -> BasisFunctions {
    switch basis {
    case .polynomial: .polynomial(degree: degree)
    case .fourier: .fourier(frequencies: degree, period: Self.period(inputs))
    case .radial: .radial(centres: BellCentres(inputs).centres(degree), width: Double(inputs.shape[1]).squareRoot())
    case .lastLayer: preconditionFailure("the features of a last layer are those of its model")
    }
  }

  /// The degrees to compare: of bells at most as many as there are different rows, a second one in the place of another says nothing.
  func degrees(for inputs: DenseArray<Double>) -> [Int] {
    guard basis == .radial else { return chosenDegrees.degrees }
    let most = BellCentres(inputs).rows.count
    return Array(Set(chosenDegrees.degrees.map { min($0, most) })).sorted()
  }

  /// Twice the range of the column of greatest range: what repeats does so outside of the data, and its ends need not meet.
  private static func period(_ inputs: DenseArray<Double>) -> Double {
    let ranges = (0..<inputs.shape[1]).map { column in
      let values = (0..<inputs.shape[0]).map { inputs[$0, column] }
      return (values.max() ?? 0) - (values.min() ?? 0)
    }
    return 2 * (ranges.max() ?? 0)
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
