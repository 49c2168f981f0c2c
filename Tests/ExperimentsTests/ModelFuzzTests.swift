//  ModelFuzzTests.swift — no file makes the reader of models trap, whichever kind of posterior it holds.
//
//  Files of every method are damaged in their arrays: renamed, reshaped, filled with other numbers, left out, exchanged; the
//  checksum is made right again, as a stranger would. The reader must throw `DatasetError` or give a model that predicts.
//  CREDENCE_FUZZ_COUNT sets the number of files for each method.

import Approximations
import Arrays
import Datasets
import Experiments
import Foundation
import Testing
import Training

@Suite struct ModelFuzzTests {
  @Test(arguments: MethodCatalogue.names)
  func strangersFilesAreRefusedOrUsable(method: String) throws {
    let data = try SmallData.regression()
    let model = try FitDescription(method: MethodDescription(method), network: .dense([3]), epochs: 120).run(on: data)
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).credence").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try model.write(to: path)
    let file = try SafetensorsFile(contentsOf: path)
    var good: [String: StoredArray] = [:]
    for name in file.names { good[name] = try file.array(named: name) }
    let description = try #require(file.metadata["description"])
    let count = ProcessInfo.processInfo.environment["CREDENCE_FUZZ_COUNT"].flatMap { Int($0) } ?? 500
    var random = Philox(seed: 3, stream: 0)
    var accepted = 0
    for _ in 0..<count {
      var arrays = good
      for _ in 0..<Int.random(in: 1...2, using: &random) { Self.damage(&arrays, using: &random) }
      var metadata = file.metadata
      metadata["checksum"] = ModelChecksum.text(description, arrays)
      if Int.random(in: 0..<8, using: &random) == 0 {
        metadata["posterior"] = PosteriorKinds.all.randomElement(using: &random)?.kind
      }
      let bytes = SafetensorsFile.pieces(arrays, metadata: metadata).flatMap { $0 }
      do {
        let read = try FittedModel(try SafetensorsFile(bytes, name: "m"), name: "m")
        accepted += 1
        #expect(read.predict(data.examples.inputs, threads: 1).count == data.examples.count)
      } catch {
        #expect(!error.description.contains("\n") && error.description.count < 600)
      }
    }
    // Other finite numbers are no fault, so some are accepted; most are not.
    #expect(accepted < count * 3 / 4, "\(accepted) of \(count) accepted")
  }

  private static func damage(_ arrays: inout [String: StoredArray], using random: inout Philox) {
    guard let name = arrays.keys.sorted().randomElement(using: &random), let array = arrays[name] else { return }
    let numbers = array.numbers(0..<array.count, as: Float.self)
    switch Int.random(in: 0..<8, using: &random) {
    case 0: arrays[name] = nil
    case 1:
      arrays[name] = nil
      arrays[name + "2"] = array
    case 2:
      let extents = array.shape.extents.map { max(0, $0 + Int.random(in: -1...1, using: &random)) }
      arrays[name] = StoredArray(DenseArray<Float>(repeating: 0.5, shape: Shape(extents)))
    case 3: arrays[name] = StoredArray(DenseArray(numbers, shape: [numbers.count]))
    case 4:
      var spoilt = numbers
      if !spoilt.isEmpty {
        spoilt[Int.random(in: 0..<spoilt.count, using: &random)] =
          [Float.nan, .infinity, -1, 0, 1e30, -1e30, 1e-30].randomElement(using: &random) ?? 0
      }
      arrays[name] = StoredArray(DenseArray(spoilt, shape: array.shape))
    case 5:
      let value = [Double.nan, .infinity, -1, 0, 1e300, -1e300, 0.5, 3, 1e-300].randomElement(using: &random) ?? 0
      arrays[name] = StoredArray(DenseArray([value], shape: []))
    case 6:
      if let other = arrays.keys.sorted().randomElement(using: &random) {
        (arrays[name], arrays[other]) = (arrays[other], array)
      }
    default:
      arrays[name] = StoredArray(
        kind: .int64, shape: [1], bytes: [UInt8](repeating: 1, count: 8))
    }
  }
}
