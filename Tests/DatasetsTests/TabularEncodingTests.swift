//  TabularEncodingTests.swift — tables as inputs and targets of a model.

import Arrays
import Datasets
import Foundation
import Testing

private func table(_ text: String, _ missing: MissingCells = .error) throws -> Table {
  try Table(csv: Array(text.utf8), missing: missing)
}

private let training = "size,colour,constant,y\n1,red,0.1,10\n3,blue,0.1,30\n5,red,0.1,20\n7,green,0.1,60\n"

@Suite struct TabularEncodings {
  @Test func inputsAreStandardisedNumbersAndOneOfEachCategory() throws {
    let encoding = try TabularEncoding(fitting: try table(training), target: "y", task: .regression)
    #expect(encoding.inputNames == ["size", "colour=blue", "colour=green", "colour=red"])
    let inputs = try encoding.inputs(of: try table(training), as: Double.self)
    let s = 5.0.squareRoot()
    let expected = [
      [-3 / s, 0, 0, 1], [-1 / s, 1, 0, 0], [1 / s, 0, 0, 1], [3 / s, 0, 1, 0],
    ]
    #expect(inputs.shape == [4, 4])
    #expect(zip(inputs.elements, expected.joined()).allSatisfy { abs($0 - $1) < 1e-15 })
  }

  @Test func encodingKnowsOnlyTheTrainingRows() throws {
    let whole = try table(training)
    let encoding = try TabularEncoding(fitting: whole.rows(at: [0, 1]), target: "y", task: .regression)
    #expect(encoding.features[0].kind == .number(Standardisation(mean: 2, scale: 1)))
    #expect(encoding.features[1].kind == .category(names: ["blue", "red"], mostFrequent: 0))
    #expect(
      sentence { _ = try encoding.inputs(of: whole, as: Float.self) }
        == "table, line 5, column 'colour': training had no category 'green'; correct or remove the rows, or fit the "
        + "model again with such rows.")
    #expect(try encoding.inputs(of: whole.rows(at: [2]), as: Float.self).elements == [3, 0, 1])
  }

  @Test func columnsAreMatchedByName() throws {
    let encoding = try TabularEncoding(fitting: try table(training), target: "y", task: .regression)
    let shuffled = try table("constant,colour,size\n0.1,green,7\n")
    let inputs = try encoding.inputs(of: shuffled, as: Double.self)
    #expect(inputs == (try encoding.inputs(of: try table(training).rows(at: [3]), as: Double.self)))
    #expect(
      sentence { _ = try encoding.inputs(of: try table("colour,y\nred,1\n"), as: Double.self) }
        == "table: the training data's columns 'size', 'constant' are not there; give the table the columns that the "
        + "model was fitted with.")
    #expect(
      sentence { _ = try encoding.inputs(of: try table("size,colour,constant,weight\n1,red,0,1\n"), as: Double.self) }
        == "table: the training data had no column 'weight'; remove what the model was not fitted with, or choose "
        + "--ignore-extra.")
    #expect(
      sentence { _ = try encoding.inputs(of: try table("size,colour,constant\n1,red,0\nbig,red,0\n"), as: Double.self) }
        == "table, line 3, column 'size': 'big' is not a number; the column held numbers in training; correct the cell."
    )
  }

  @Test func aTableOfWhichNoColumnIsKeptHasItsRows() throws {
    let none = try table("weight\n1\n2\n").keeping(["size"])
    #expect(none.rowCount == 2 && none.columns.isEmpty && none.lines == [2, 3] && none.rows(at: [1]).lines == [3])
    let encoding = try TabularEncoding(fitting: try table(training), target: "y", task: .regression)
    #expect(
      sentence { _ = try encoding.inputs(of: none, as: Double.self) }
        == "table: the training data's columns 'size', 'colour', 'constant' are not there; give the table the columns that "
        + "the model was fitted with.")
    #expect(sentence { _ = try none.column(named: "size") } == "table: there is no column 'size'.")
  }

  @Test func drawsMayBeInfiniteAndOtherTablesNot() throws {
    let text = Array("a,b\n1,inf\n-Infinity,nan\n1e999,2\n".utf8)
    let draws = try Table(drawsIn: text, name: "draws")
    #expect(draws["a"]?.numbers == [1, -.infinity, .infinity])
    #expect(draws["b"]?.numbers?.map(\.isNaN) == [false, true, false] && draws["b"]?.numbers?.first == .infinity)
    #expect(
      sentence { _ = try Table(csv: text, missing: .mean) }
        == "table, line 2, column 'b': 'inf' is not a finite number; correct the cell or remove the row.")
  }

  @Test func decodingUndoesEncoding() throws {
    let encoding = try TabularEncoding(fitting: try table(training), target: "y", task: .regression)
    let inputs = try encoding.inputs(of: try table(training), as: Double.self)
    let decoded = encoding.decoded(inputs)
    #expect(decoded.map { $0[1] } == ["red", "blue", "red", "green"])
    #expect(zip(decoded, [1.0, 3, 5, 7]).allSatisfy { abs((Double($0[0]) ?? .nan) - $1) < 1e-12 })
    #expect(decoded.allSatisfy { $0[2] == "0.1" })
  }

  @Test func regressionTargetsAreStandardisedAndComeBack() throws {
    let encoding = try TabularEncoding(fitting: try table(training), target: "y")
    let standardisation = try #require(encoding.target.standardisation)
    #expect(standardisation.mean == 30)
    #expect(abs(standardisation.scale - 350.0.squareRoot()) < 1e-12)
    let targets = try encoding.regressionTargets(of: try table(training), as: Double.self)
    #expect(zip(targets.elements, [10.0, 30, 20, 60]).allSatisfy { abs(standardisation.decoded($0) - $1) < 1e-12 })
    #expect(try encoding.originalTargets(of: try table(training)) == [10, 30, 20, 60])
    #expect(
      sentence { _ = try encoding.originalTargets(of: try table("size,colour,constant,y\n1,red,0,much\n")) }
        == "table, line 2, column 'y': 'much' is not a number; a regression needs a target of numbers; correct the cell, "
        + "or fit with --task classification.")
  }

  @Test func classesAreSortedAsNumbersIfTheyAreNumbers() throws {
    let rows = [10, 9, 2, -1, 10].flatMap { label in (0..<5).map { "\($0),\(label)" } }
    let encoding = try TabularEncoding(fitting: try table("x,y\n" + rows.joined(separator: "\n")), target: "y")
    #expect(encoding.target.classes == ["-1", "2", "9", "10"])
    #expect(try encoding.classTargets(of: try table("x,y\n1,9\n1,-1\n1,2.0\n")) == [2, 0, 1])
    #expect(
      sentence { _ = try encoding.classTargets(of: try table("x,y\n1,9\n1,3\n1,4\n")) }
        == "table, line 3, column 'y': training had no classes '3', '4'; correct or remove the rows, or fit the model "
        + "again with such rows.")
    #expect(ClassLabels.sorted(["b", "10", "9"]) == ["10", "9", "b"])
  }

  @Test func theTaskFollowsFromTheTarget() {
    func task(_ numbers: [Double]) -> PredictionTask {
      .init(inferredFrom: Column(name: "y", cells: .numbers(numbers)))
    }
    #expect(PredictionTask(inferredFrom: Column(name: "y", texts: ["a", "b", nil])) == .classification)
    #expect(task((0..<100).map { Double($0 % 20) }) == .classification)
    #expect(task((0..<105).map { Double($0 % 21) }) == .regression)
    #expect(task((0..<99).map { Double($0 % 20) }) == .regression)
    #expect(task((0..<100).map { Double($0 % 2) + 0.5 }) == .regression)
  }

  @Test func aTargetThatCannotBeLearntIsRefused() throws {
    let table = try table("x,y,z\n1,2,a\n2,2,b\n", .mean)
    #expect(sentence { _ = try TabularEncoding(fitting: table, target: "w") }?.contains("no column 'w'") == true)
    #expect(
      sentence { _ = try TabularEncoding(fitting: table, target: "y", task: .classification) }?
        .contains("the target is '2' in every row") == true)
    #expect(
      sentence { _ = try TabularEncoding(fitting: table, target: "z", task: .regression) }?
        .contains("line 2, column 'z': 'a' is not a number") == true)
    let gaps = try Table(csv: Array("x,y\n1,2\n2,\n".utf8), missing: .mean)
    #expect(
      sentence { _ = try TabularEncoding(fitting: gaps, target: "y", missing: .mean) }?
        .contains("line 3, column 'y': the target is missing") == true)
  }

  @Test func missingCellsAreFilledFromTheTrainingRows() throws {
    let rows = "x,c,y\n1,b,0\n,a,1\n4,,0\n7,a,1\n,b,0\n"
    let training = try table(rows, .mean)
    let encoding = try TabularEncoding(fitting: training, target: "y", task: .regression, missing: .mean)
    #expect(encoding.features[1].kind == .category(names: ["a", "b"], mostFrequent: 0))
    let inputs = try encoding.inputs(of: try table("x,c\n,\n", .mean), as: Double.self)
    #expect(inputs.elements == [0, 1, 0])
    let strict = try TabularEncoding(fitting: training, target: "y", task: .regression)
    #expect(
      sentence { _ = try strict.inputs(of: training, as: Double.self) }?
        .hasPrefix("table, line 3, column 'x': the cell is missing") == true)
    let empty = try table("x,y\n,1\n,2\n", .mean)
    #expect(
      sentence { _ = try TabularEncoding(fitting: empty, target: "y", missing: .mean) }
        == "table, column 'x': every training row misses its value; remove the column.")
  }

  @Test func aColumnThatIsTheSameInEveryRowGivesNoInputAndMustStillBeThere() throws {
    let encoding = try TabularEncoding(fitting: try table(training), target: "y", task: .regression)
    #expect(encoding.constantColumns == ["constant"])
    #expect(encoding.features[2].kind == .constant("0.1"))
    let other = try encoding.inputs(of: try table("size,colour,constant\n1,red,7\n"), as: Double.self)
    #expect(other.elements == [-3 / 5.0.squareRoot(), 0, 0, 1])
    #expect(
      sentence { _ = try encoding.inputs(of: try table("size,colour\n1,red\n"), as: Double.self) }?
        .contains("the training data's column 'constant' is not there") == true)
    #expect(
      sentence { _ = try TabularEncoding(fitting: try table("x,y\n1,1\n1,2\n"), target: "y", task: .regression) }
        == "table: the column of features 'x' is the same in every row; give columns that tell the rows apart.")
    for (rows, task) in [("1,3\n2,3\n", PredictionTask.regression), ("1,3\n2,3\n3,3\n4,3\n5,3\n", nil)] {
      #expect(
        sentence { _ = try TabularEncoding(fitting: try table("x,y\n" + rows), target: "y", task: task) }
          == "table, column 'y': the target is 3 in every row, so there is nothing to predict; give rows with different "
          + "targets.")
    }
  }

  @Test(arguments: [1e-300, 1e-160, 1, 1e160, 1e300])
  func anyScaleOfNumbersIsStandardised(unit: Double) throws {
    let numbers = [1.0, 3, 5, 7].map { $0 * unit }
    let standardisation = try #require(Standardisation(fitting: numbers))
    let encoded = numbers.map(standardisation.encoded)
    for (number, expected) in zip(encoded, [-3.0, -1, 1, 3]) {
      #expect(abs(number - expected / 5.0.squareRoot()) < 1e-14)
    }
  }

  @Test func textsThatAreAllDifferentAreNoFeature() throws {
    let rows = (0..<1001).map { "name \($0),\(Double($0) / 2)" }
    #expect(
      sentence {
        _ = try TabularEncoding(fitting: try table("x,y\n" + rows.joined(separator: "\n")), target: "y")
      }
        == "table, column 'x': there are 1001 different texts, the first on line 2: 'name 0'; remove the column, or "
        + "correct the cells that should be numbers.")
  }

  @Test func numbersOutOfRangeAreRefused() throws {
    let encoding = try TabularEncoding(fitting: try table("x,y\n1,1\n1.5,2\n"), target: "y", task: .regression)
    #expect(
      sentence { _ = try encoding.inputs(of: try table("x\n1e300\n"), as: Float.self) }?
        .contains("line 2, column 'x': 1e+300 is out of all proportion") == true)
    #expect(
      sentence {
        _ = try TabularEncoding(
          fitting: try table("x,y\n1.7e308,1\n" + [String](repeating: "-1.7e308,2\n", count: 9).joined()), target: "y")
      }?
      .contains("too large to standardise") == true)
    #expect(
      sentence { _ = try TabularEncoding(fitting: try table("x,y\n1,1\n2,-1e300\n3,2\n"), target: "y") }
        == "table, line 3, column 'y': -1e+300 is too large for a target: squares of errors would leave the range of numbers; "
        + "correct the cell, or give the column in a larger unit.")
    #expect(try TabularEncoding(fitting: try table("x,y\n1,1\n2,1e100\n3,2\n"), target: "y").task == .regression)
  }

  @Test func encodingSurvivesJSONAndRefusesNonsense() throws {
    let encoding = try TabularEncoding(fitting: try table(training), target: "y", task: .classification, missing: .mean)
    let json = try JSONEncoder().encode(encoding)
    #expect(try JSONDecoder().decode(TabularEncoding.self, from: json) == encoding)
    let text = String(decoding: json, as: UTF8.self)
    for (good, bad) in [
      ("\"red\"", "\"blue\""), ("\"scale\":2", "\"scale\":-2"), ("\"mostFrequent\":2", "\"mostFrequent\":3"),
    ] {
      #expect(text.contains(good))
      let damaged = text.replacingOccurrences(of: good, with: bad)
      #expect(throws: DecodingError.self) {
        try JSONDecoder().decode(TabularEncoding.self, from: Data(damaged.utf8))
      }
    }
  }
}
