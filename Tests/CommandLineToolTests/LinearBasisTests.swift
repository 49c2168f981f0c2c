//  LinearBasisTests.swift — what `credence linear` takes for features, and what it says where the evidence has no maximum.

import Foundation
import Testing

@Suite struct LinearBasisTests {
  private struct Record: Decodable {
    let degree: Int
    let logEvidence, probability, noise, priorScale: Double
    let isMaximum, isExact: Bool
  }

  private func records(_ place: Workplace, _ arguments: String...) throws -> [Record] {
    let outcome = try place.start(["linear"] + arguments + ["--target", "y", "--format", "json"]).wait()
    return try JSONDecoder().decode([Record].self, from: Data(outcome.output.utf8))
  }

  /// In ten columns rows are 4.5 deviations apart: bells of one deviation see nothing but their own row.
  @Test func bellsOfSeveralColumnsReachOtherRows() throws {
    let diabetes = Workplace.data.appending(path: "diabetes.csv").path
    let found = try records(Workplace(), diabetes, "--basis", "radial", "--degrees", "0,9,20,40")
    // Bells of one deviation on rows spaced along the first column: −2547, −2532, −2528 and −2508; √10 wide: −2547, −2423, −2427, −2406.
    #expect(abs(found[0].logEvidence + 2547.2) < 0.1, "\(found)")
    #expect(found[1].logEvidence > -2420 && found[2].logEvidence > -2410 && found[3].logEvidence > -2410, "\(found)")
  }

  /// The first column says nothing, and in the order of it every 13th row is of one kind.
  @Test func bellsStandWhereRowsAreAndNotAlongTheFirstColumn() throws {
    let place = try Workplace()
    var normals = Normals()
    let rows = (0..<157).map { row in
      let (x, z) = row % 52 == 0 ? (4.0, 4.0) : (normals.next(), normals.next())
      return "\(Double(row) / 100),\(x),\(z),\(sin(x) + cos(z) + 0.1 * normals.next())"
    }
    try place.write("time,x,z,y\n" + rows.joined(separator: "\n") + "\n", to: "kinds.csv")
    // Rows 0, 52, 104 and 156 alone would be the centres of four bells, all in one corner.
    let found = try records(place, "kinds.csv", "--basis", "radial", "--degrees", "0,4")
    #expect(found[1].logEvidence > found[0].logEvidence + 60, "\(found)")
  }

  @Test func oneColumnHasBellsFromEndToEnd() throws {
    let place = try Workplace()
    // Four spikes a deviation wide, where the bells stand: rows 0, 10, 20 and 30 of 31.
    let x = (0...30).map { Double($0 * $0) }
    let mean = x.reduce(0, +) / 31
    let deviation = (x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 31).squareRoot()
    let centres = [0.0, 100, 400, 900]
    let rows = x.map { x in
      let y = zip([1.0, -2, 3, -1], centres).reduce(0) { $0 + $1.0 * exp(-0.5 * pow((x - $1.1) / deviation, 2)) }
      return "\(x),\(y)"
    }
    try place.write("x,y\n" + rows.joined(separator: "\n") + "\n", to: "spikes.csv")
    let found = try records(place, "spikes.csv", "--basis", "radial", "--degrees", "3,4")
    #expect(found[1].noise < 1e-5 && found[0].noise > 1e-3, "\(found)")
  }

  @Test func sinesAndCosinesRepeatAfterTwiceTheRange() throws {
    let place = try Workplace()
    var normals = Normals()
    // The range is 10, in the first column; a single row lies far from the others.
    let rows = (0..<60).map { row in
      let x = row == 59 ? 10 : Double(row) / 20
      return "\(x),\(normals.next()),\(sin(2 * x) + 0.1 * normals.next())"
    }
    try place.write("x,z,y\n" + rows.joined(separator: "\n") + "\n", to: "far.csv")
    try place.write("x,z\n1.3,0.2\n21.3,0.2\n11.3,0.2\n", to: "new.csv")
    let outcome = try place.run(
      "linear", "far.csv", "--target", "y", "--basis", "fourier", "--degrees", "4,8", "--predict", "new.csv", "--out",
      "forecast.csv")
    #expect(outcome.code == 0, "\(outcome.errors)")
    let means = try place.lines(of: "forecast.csv").dropFirst().map {
      $0.split(separator: ",").compactMap { Double($0) }[0]
    }
    #expect(abs(means[0] - means[1]) < 1e-9 && abs(means[0] - means[2]) > 1e-3, "\(means)")
  }

  /// A line through two rows has the same evidence whatever the noise, from none to that without a slope.
  @Test func aRidgeIsNoMaximum() throws {
    let place = try Workplace()
    try place.write("x,y\n1,2\n2,3\n", to: "two.csv")
    let found = try records(place, "two.csv", "--degrees", "0...2")
    // N(y; 0, 1) of standardised targets ±1 whose unit is ½.
    let limit = -(log(2 * Double.pi) + 1) - 2 * log(0.5)
    #expect(found.allSatisfy { !$0.isMaximum && !$0.isExact && $0.priorScale == 0 }, "\(found)")
    #expect(found.allSatisfy { abs($0.logEvidence - limit) < 1e-8 && abs($0.noise - 0.5) < 1e-8 }, "\(found)")
    let text = try place.run("linear", "two.csv", "--target", "y", "--degrees", "0...2").output
    #expect(text.contains("\n   1 *") && !text.contains("e-08"), "\(text)")
  }
}
