//  ModelDataTests.swift — numbers by name from JSON files, by themselves and zipped.

import Arrays
import Datasets
import Foundation
import Testing

@Suite struct ModelDataTests {
  private func data(_ text: String) throws(DatasetError) -> ModelData { try ModelData(Array(text.utf8)) }

  @Test func numbersListsAndListsOfLists() throws {
    let found = try data(
      #"{"N": 3, "y": [1.5, -2, 3e2], "x": [[1, 2], [3, 4], [5, 6]], "is": [true, false], "none": []}"#)
    #expect(found.names == ["N", "is", "none", "x", "y"])
    #expect(try found.array(named: "N") == DenseArray([3], shape: .scalar))
    #expect(try found.array(named: "y") == DenseArray([1.5, -2, 300]))
    #expect(try found.array(named: "x") == DenseArray(rows: [[1, 2], [3, 4], [5, 6]]))
    #expect(try found.array(named: "is") == DenseArray([1, 0]))
    #expect(try found.array(named: "none") == DenseArray([]))
  }

  @Test func groupsCountFromOneThereAndFromZeroHere() throws {
    let found = try data(#"{"county": [1, 3, 2], "half": [1.5], "zero": 0}"#)
    #expect(try found.places(named: "county") == [0, 2, 1])
    for name in ["half", "zero"] {
      #expect(throws: DatasetError.self) { try found.places(named: name) }
    }
  }

  @Test(arguments: [#"{"y": [[1, 2], [3]]}"#, #"{"y": ["a"]}"#, #"{"y": null}"#, #"{"y": [1, [2]]}"#])
  func whatIsNotMadeOfNumbersIsSaidToBeSo(text: String) {
    #expect { try data(text) } throws: {
      "\($0)" == "data.json, column 'y': this is neither a number nor lists of numbers of one length; "
        + "write numbers, lists [1, 2], or lists of lists [[1, 2], [3, 4]]."
    }
  }

  @Test(arguments: [
    ("[1, 2]", "is not a JSON object"), (#"{"y": 1,}"#, "is not JSON at byte 8"),
    (#"{"y": 1, "y": 2}"#, "has the key 'y' twice"),
  ])
  func whatIsNotAnObjectOfNamesIsSaidInASentence(text: String, clause: String) {
    #expect { try data(text) } throws: {
      "\($0)" == "data.json: the file \(clause); a file of data is one object of names and numbers, {\"y\": [1.5, 2]}."
    }
  }

  @Test func aNameThatIsNotThereIsAnErrorWithTheNearest() throws {
    let found = try data(#"{"county": [1], "floor": [0]}"#)
    #expect { try found.array(named: "conty") } throws: {
      "\($0)" == "data.json: there is nothing named 'conty' (did you mean 'county'?); the names are 'county', 'floor'."
    }
  }

  /// Two files that Python's `zipfile` wrote, of `{"N": 2, "y": [0.25, -1]}`: packed, and with a second entry.
  @Test func aZippedFileIsReadAsWhatIsInIt() throws {
    let found = try ModelData(contentsOf: Fixture.path("two.json.zip"))
    #expect(try found.array(named: "y") == DenseArray([0.25, -1]))
    #expect { try ModelData(contentsOf: Fixture.path("two_entries.zip")) } throws: {
      "\($0)".hasSuffix("two_entries.zip: the zip file has 2 entries; unpack it and name one of its files.")
    }
    var damaged = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Fixture.path("two.json.zip"))))
    let entry = try #require(damaged.indices.first { damaged[$0...].starts(with: [0x50, 0x4B, 3, 4]) })
    damaged[entry + 45] ^= 0x10
    #expect(throws: DatasetError.self) { try ModelData(damaged) }
  }
}
