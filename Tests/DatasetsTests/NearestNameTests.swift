//  NearestNameTests.swift — what somebody meant who has mistyped a name, and that nothing is guessed where no name is near.

import Datasets
import Testing

@Suite struct NearestNameTests {
  private static let names = ["map", "ensemble", "swa", "swag", "low-rank", "laplace", "csgld", "sgld", "lenet5"]

  @Test(arguments: [
    ("mapp", "map"), ("ensembel", "ensemble"), ("Ensemble", "ensemble"), ("gsld", "sgld"), ("low_rank", "low-rank"),
    ("lowrank", "low-rank"), ("laplac", "laplace"), ("swga", "swag"), ("ens", "ensemble"), ("lenet", "lenet5"),
  ])
  func aNameThatIsNearIsFound(written: String, meant: String) {
    #expect(NearestName.nearest(to: written, among: Self.names) == meant)
  }

  @Test(arguments: ["magic", "", "m", "sw", "depth", "embalmed", String(repeating: "swag", count: 1000)])
  func nothingIsGuessedWhereNoNameIsNear(written: String) {
    #expect(NearestName.nearest(to: written, among: Self.names) == nil)
    #expect(NearestName.question(written, among: Self.names).isEmpty)
  }

  @Test func aBeginningOfSeveralNamesIsNone() {
    #expect(NearestName.nearest(to: "low", among: ["low-rank-1", "low-rank-2"]) == nil)
    #expect(NearestName.nearest(to: "low", among: ["low-rank-1", "high"]) == "low-rank-1")
  }

  @Test func aShortNameDiffersByCapitalsOnly() {
    #expect(NearestName.question("Y", among: ["x", "y"]) == " (did you mean 'y'?)")
    #expect(NearestName.question("z", among: ["x", "y"]).isEmpty)
  }

  @Test func aColumnThatIsNearIsNamed() throws {
    let table = try Table(csv: Array("size,colour\n1,red\n2,blue\n".utf8))
    let error = #expect(throws: DatasetError.self) { try table.column(named: "color") }
    #expect(
      error?.problem == "there is no column 'color' (did you mean 'colour'?)"
        && error?.advice == "the columns are 'size', 'colour'")
  }
}
