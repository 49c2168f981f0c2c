//  RealDataTests.swift — the data sets of the package, and larger ones where they are at hand.

import Arrays
import Datasets
import Foundation
import Testing

@Suite struct RealData {
  @Test(arguments: [
    ("diabetes", 442, 10, PredictionTask.regression), ("digits", 1797, 61, .classification),
    ("breast_cancer", 569, 30, .classification), ("iris", 150, 4, .classification), ("wine", 178, 13, .classification),
  ])
  func bundledTablesAreReadAndEncoded(_ name: String, _ rows: Int, _ inputs: Int, _ task: PredictionTask) throws {
    let table = try Table(contentsOf: Fixture.bundled(name))
    let encoding = try TabularEncoding(fitting: table, target: "y")
    #expect(table.rowCount == rows)
    #expect(encoding.inputCount == inputs)
    #expect(encoding.task == task)
    let matrix = try encoding.inputs(of: table, as: Double.self)
    for column in 0..<inputs {
      let values = (0..<rows).map { matrix[$0, column] }
      let mean = values.reduce(0, +) / Double(rows)
      let variance = values.reduce(0) { $0 + $1 * $1 } / Double(rows)
      #expect(abs(mean) < 1e-12 && (abs(variance - 1) < 1e-12 || values.allSatisfy { $0 == 0 }))
    }
  }

  @Test func sumsOfBundledTablesAreKnown() throws {
    let iris = try Table(contentsOf: Fixture.bundled("iris"))
    #expect(iris["y"]?.numbers?.reduce(0, +) == 150)
    #expect(abs((iris["sepal_length_cm"]?.numbers?.reduce(0, +) ?? 0) - 876.5) < 1e-9)
    #expect(try TabularEncoding(fitting: iris, target: "y").target.classes == ["0", "1", "2"])
  }

  @Test(.enabled(if: Fixture.sharedData != nil, "needs the folder of larger data sets"))
  func standardSplitsOfUCITablesAreRead() throws {
    let folder = try #require(Fixture.sharedData)
    for (name, rows, test) in [("energy", 768, 77), ("yacht", 308, 31), ("protein-tertiary-structure", 45730, 4573)] {
      let table = try Table(contentsOf: "\(folder)/uci/\(name)/data.csv")
      let splits = try SplitFile(contentsOf: "\(folder)/uci/\(name)/test_indices.csv", rowCount: table.rowCount)
      #expect(table.rowCount == rows)
      #expect((0..<splits.count).allSatisfy { splits[$0].test.count == test })
      let parts = table.parts(of: splits[0])
      let encoding = try TabularEncoding(fitting: parts.train, target: "y")
      #expect(encoding.task == .regression)
      #expect(try encoding.inputs(of: parts.test, as: Float.self).shape == [test, table.columns.count - 1])
    }
  }

  @Test(.enabled(if: Fixture.sharedData != nil, "needs the folder of larger data sets"))
  func imagesOfTheCommonBenchmarksAreRead() throws {
    let folder = try #require(Fixture.sharedData)
    let test = try LabelledImages(
      idxImages: "\(folder)/mnist/t10k-images-idx3-ubyte.gz", labels: "\(folder)/mnist/t10k-labels-idx1-ubyte.gz")
    #expect(test.count == 10_000)
    #expect(test.labels.prefix(5) == [7, 2, 1, 0, 4])
    let pixels = test.pixels(at: Array(0..<test.count), as: Double.self)
    #expect(pixels.shape == [10_000, 1, 28, 28])
    // The mean brightness of the test images is published as 0.1325.
    #expect(abs(pixels.elements.reduce(0, +) / Double(pixels.count) - 0.1325) < 1e-4)
    let cifar = try LabelledImages(cifar10: "\(folder)/cifar10-small/test_1000.bin.gz")
    #expect(cifar.count == 1000)
    #expect(cifar.labels.prefix(4) == [3, 8, 8, 0])
  }
}
