//  SamplerTableTests.swift — the table of samplers and targets, pair by pair.
//
//  Some 2000 means and deviations are compared in all, and a normal score is above 4 in one of 16 000: the table as a whole passes at a
//  seed in nine of ten.

import Foundation
import Testing

@Suite struct SamplerTableTests {
  @Test(arguments: TablePlace.all) func momentsAreThoseOfTheTarget(place: TablePlace) throws {
    let report = try place.run(try KnownTarget.named(place.target.rawValue), place.seed)
    #expect(report.passes, "\(report)")
  }

  private static let isLong = ProcessInfo.processInfo.environment["CREDENCE_LONG"] != nil

  @Test(.enabled(if: isLong, "set CREDENCE_LONG for the pairs that take some minutes"), arguments: TablePlace.atLength)
  func momentsAreThoseOfTheTargetAtLength(place: TablePlace) throws {
    let report = try place.run(try KnownTarget.named(place.target.rawValue), place.seed)
    #expect(report.passes, "\(report)")
    print("\(place.testDescription): \(report)")
  }

  @Test func everyPairIsHeldOrLeftOutInAWord() {
    for row in SamplerTable.rows {
      #expect(row.cells.count == TargetName.allCases.count, "\(row.sampler)")
    }
    #expect(Set(SamplerTable.rows.map(\.sampler)).count == SamplerTable.rows.count)
    for target in TargetName.allCases {
      #expect(TablePlace.all.count { $0.target == target } >= 5, "\(target)")
    }
  }
}
