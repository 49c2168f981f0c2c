//  ModelFileTests.swift — a model file gives back what was written, and no file of a stranger is trusted.

import Approximations
import Arrays
import Datasets
import Experiments
import Foundation
import Networks
import Probability
import Testing
import Training

@Suite struct ModelFileTests {
  private static func table(_ rows: Int = 24) -> Table {
    let numbers = (0..<rows).map { Double($0) }
    return Table(
      name: "t.csv",
      columns: [
        Column(name: "a", cells: .numbers(numbers)),
        Column(name: "b", texts: (0..<rows).map { $0 % 3 == 0 ? "x" : "y" }),
        Column(name: "y", cells: .numbers(numbers.map { 3 * $0 + 1 })),
      ])
  }

  private static func model() throws -> FittedModel {
    let description = FitDescription(
      method: .ensemble(members: 2), network: .dense([3]), epochs: 2, seed: 5)
    return try description.run(on: try FitData(table(), target: "y", task: .regression))
  }

  private func file(_ body: (String) throws -> Void) throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).credence").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
  }

  @Test func modelThatIsReadPredictsTheSameBits() throws {
    let model = try Self.model()
    try file { path in
      try model.write(to: path)
      let read = try FittedModel(contentsOf: path)
      guard case .table(let encoding) = read.encoding else { throw Unexpected() }
      let inputs: DenseArray<Float> = try encoding.inputs(of: Self.table(7))
      #expect(read.predict(inputs, threads: 1).mean == model.predict(inputs, threads: 2).mean)
      #expect(read.posterior.contents == model.posterior.contents)
      let first = try Data(contentsOf: URL(filePath: path))
      try read.write(to: path)
      #expect(try Data(contentsOf: URL(filePath: path)) == first)
    }
  }

  @Test func slicesOfTheDrawsHaveTheirOwnShapes() throws {
    let model = try Self.model()
    let weight = try #require(model.draws(of: "0.dense.weight"))
    #expect(weight.shape == [2, 3, 3])
    #expect(weight[1, 2, 0] == model.posterior.contents.arrays["draws"]?[1, 6])
    #expect(try #require(model.draws(of: "likelihood.logNoise")).shape == [2, 1])
    #expect(model.draws(of: "nothing") == nil)
  }

  /// The arrays and texts of a good file, to spoil.
  private func parts(_ path: String) throws -> (arrays: [String: StoredArray], metadata: [String: String]) {
    let file = try SafetensorsFile(contentsOf: path)
    return (
      ["draws": try file.array(named: "draws"), "states": try file.array(named: "states")], file.metadata
    )
  }

  /// The sentence with which a spoilt file is refused, its checksum made right again.
  private func refusal(_ spoil: (inout [String: StoredArray], inout [String: String]) -> Void) throws -> String {
    var sentence = ""
    try file { path in
      try Self.model().write(to: path)
      var (arrays, metadata) = try parts(path)
      spoil(&arrays, &metadata)
      if let description = metadata["description"] {
        metadata["checksum"] = ModelChecksum.text(description, arrays)
      }
      let bytes = SafetensorsFile.pieces(arrays, metadata: metadata).flatMap { $0 }
      do {
        _ = try FittedModel(try SafetensorsFile(bytes, name: "m"), name: "m")
        sentence = "accepted"
      } catch let error as DatasetError {
        sentence = error.description
      }
    }
    return sentence
  }

  @Test func everyContradictionIsOneClearSentence() throws {
    let advice = "; give a file that `credence fit` wrote, whole and unchanged."
    #expect(try refusal { _, _ in } == "accepted")
    #expect(try refusal { $1["format"] = nil } == "m: this is a safetensors file and no fitted model" + advice)
    #expect(
      try refusal { $1["version"] = "3" }
        == "m: the model has the format version '3', and this program reads '2'; use the program that wrote it, or a newer one."
    )
    #expect(try refusal { $1["description"] = nil } == "m: parts of the model are missing" + advice)
    #expect(
      try refusal { $1["posterior"] = "oracle\u{1B}" }
        == "m: the model is a posterior of the kind 'oracle\u{FFFD}', unknown to this program; use the program that wrote it, or a newer one."
    )
    #expect(
      try refusal { arrays, _ in arrays["more"] = StoredArray([1]) }
        == "m: the array 'more' holds int64 numbers of shape [1], and a model has float32 arrays and single float64 numbers"
        + advice)
    #expect(
      try refusal { arrays, _ in arrays["more\u{1B}"] = StoredArray(DenseArray<Float>([1])) }
        == "m: the array 'more' does not belong to it" + advice)
    #expect(
      try refusal { arrays, _ in arrays["depth"] = StoredArray(DenseArray<Double>([1], shape: [])) }
        == "m: the number 'depth' does not belong to it" + advice)
    #expect(try refusal { arrays, _ in arrays["states"] = nil } == "m: the array 'states' is missing" + advice)
    #expect(try refusal { $1["description"] = "{}" } == "m: the description of the model is not usable" + advice)
    #expect(
      try refusal { arrays, _ in arrays["draws"] = StoredArray(DenseArray<Float>(repeating: 0, shape: [2, 4])) }
        == "m: the array 'draws' has shape [2, 4], not [any, 17]" + advice)
    #expect(
      try refusal { arrays, _ in arrays["draws"] = StoredArray(DenseArray<Float>(repeating: .nan, shape: [2, 17])) }
        == "m: the array 'draws' holds a number that is not finite" + advice)
    #expect(
      try refusal { arrays, _ in arrays["states"] = StoredArray(DenseArray<Float>(repeating: 0, shape: [3, 0])) }
        == "m: the array 'states' has shape [3, 0], not [2, 0]" + advice)
    #expect(
      try refusal { arrays, _ in
        arrays["draws"] = StoredArray(DenseArray<Float>([], shape: [0, 17]))
        arrays["states"] = StoredArray(DenseArray<Float>([], shape: [0, 0]))
      } == "m: the array 'draws' has shape [0, 17], not [any, 17]" + advice)
    #expect(
      try refusal {
        $1["description"] = $1["description"]?.replacing(
          "\"names\":[\"x\",\"y\"]", with: "\"names\":[\"x\",\"y\",\"z\"]")
      }
        == "m: its network takes inputs of shape [3] and its data give [4]" + advice)
  }

  @Test func filesOfAnotherVersionAreRefusedByIt() throws {
    let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
    let path = folder.appending(path: "former.credence").path
    let error = #expect(throws: DatasetError.self) { _ = try FittedModel(contentsOf: path) }
    #expect(
      error?.description
        == "\(path): the model has the format version '1', and this program reads '2'; use the program that wrote it, or a newer one."
    )
  }

  @Test func wrongChecksumIsRefused() throws {
    try file { path in
      try Self.model().write(to: path)
      var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
      bytes[bytes.count - 1] ^= 0x40
      let sentence = #expect(throws: DatasetError.self) {
        try FittedModel(try SafetensorsFile(bytes, name: "m"), name: "m")
      }
      #expect(sentence?.problem == "the model does not match its checksum, so it was damaged or changed")
    }
  }

  @Test func mutatedDescriptionsAreRefusedOrUsableAndNeverCrash() throws {
    var random = Philox(seed: 9, stream: 0)
    try file { path in
      try Self.model().write(to: path)
      let (arrays, good) = try parts(path)
      let description = Array(try #require(good["description"]).utf8)
      var accepted = 0
      for _ in 0..<4_000 {
        var text = description
        for _ in 0..<Int.random(in: 1...3, using: &random) {
          let place = Int.random(in: 0..<text.count, using: &random)
          switch Int.random(in: 0..<4, using: &random) {
          case 0: text[place] = UInt8.random(in: 0x20..<0x7F, using: &random)
          case 1: text.remove(at: place)
          case 2: text.insert(UInt8(ascii: "9"), at: place)
          default:
            let end = min(text.count, place + Int.random(in: 1...40, using: &random))
            text.insert(contentsOf: text[place..<end], at: place)
          }
        }
        var metadata = good
        let mutated = String(decoding: text, as: UTF8.self)
        metadata["description"] = mutated
        metadata["checksum"] = ModelChecksum.text(mutated, arrays)
        let bytes = SafetensorsFile.pieces(arrays, metadata: metadata).flatMap { $0 }
        if let model = try? FittedModel(try SafetensorsFile(bytes, name: "m"), name: "m") {
          accepted += 1
          let inputs = DenseArray<Float>(repeating: 0.5, shape: Shape([2] + model.encoding.inputShape.extents))
          #expect(model.predict(inputs, threads: 1).count == 2)
        }
      }
      // Names, seeds and epochs may change without harm, so some are accepted; most are not.
      #expect(accepted > 0 && accepted < 2_000, "\(accepted) of 4000 accepted")
    }
  }

  private struct Unexpected: Error {}
}
