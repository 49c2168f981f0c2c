//  SafetensorsTests.swift — safetensors files.

import Arrays
import Datasets
import Foundation
import Testing

@Suite struct SafetensorsFiles {
  @Test(arguments: ["mixed.safetensors", "no_metadata.safetensors"])
  func everyGoodFileIsReadBitForBit(_ name: String) throws {
    let entry = try #require(try InteropManifest.sections().safetensors[name])
    let file = try SafetensorsFile(contentsOf: Fixture.path("interop/\(name)"))
    #expect(file.names == entry.tensors.keys.sorted())
    #expect(file.metadata == entry.metadata ?? [:])
    for (array, expected) in entry.tensors {
      InteropManifest.check(try file.array(named: array), expected, "\(name)/\(array)")
    }
  }

  @Test func everyBadFileIsRefusedInOneSentence() throws {
    let names = try Fixture.names(in: "interop", ending: ".safetensors").filter { $0.hasPrefix("bad_") }
    #expect(names.count == 21)
    for name in names {
      let bytes = try Fixture.bytes("interop/\(name)")
      expectOneSentence(sentence { _ = try SafetensorsFile(bytes, name: name) }, naming: name)
    }
  }

  @Test func refusalsSayWhatIsWrong() throws {
    func refusal(_ name: String) -> String? {
      sentence { _ = try SafetensorsFile(try Fixture.bytes("interop/bad_\(name).safetensors"), name: "f") }
    }
    #expect(refusal("duplicate_key")?.contains("twice") == true)
    #expect(refusal("hole")?.contains("no array covers bytes") == true)
    #expect(refusal("overlapping_offsets")?.contains("overlaps another one") == true)
    #expect(refusal("trailing_bytes")?.contains("follow the last array") == true)
    #expect(refusal("invalid_utf8")?.contains("is not valid UTF-8") == true)
    #expect(refusal("metadata_not_strings")?.contains("is not a text") == true)
    #expect(refusal("huge_shape")?.contains("impossible extents") == true)
  }

  @Test func writtenFilesAreReadAgainAndAreEqualForEqualContents() throws {
    let arrays = [
      "θ/\"weights\"": StoredArray(DenseArray<Double>([1, .nan, -0.0, 0.1], shape: [2, 2])),
      "b": StoredArray(DenseArray<Float>([3, 4, 5])), "steps": StoredArray([7]),
      "empty": StoredArray(DenseArray<Float>([], shape: [0, 3])),
      "mask": StoredArray(kind: .bool, shape: [3], bytes: [1, 0, 1]),
    ]
    let metadata = ["description": "{\"σ²\": 1,\n\t\"x\\y\": \"\u{1}\"}", "empty": ""]
    try withTemporaryFolder { folder in
      let path = folder + "/model.safetensors"
      try SafetensorsFile.write(arrays, metadata: metadata, to: path)
      let file = try SafetensorsFile(contentsOf: path)
      #expect(file.metadata == metadata)
      #expect(file.names == arrays.keys.sorted())
      for (name, array) in arrays { #expect(try file.array(named: name) == array) }
      try SafetensorsFile.write([:], to: path)
      #expect(try SafetensorsFile(contentsOf: path).names.isEmpty)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["model.safetensors"])
    }
    #expect(
      SafetensorsFile.pieces(arrays, metadata: metadata) == SafetensorsFile.pieces(arrays, metadata: metadata))
  }

  @Test func aFileThatCannotBeReplacedIsLeftAsItWas() throws {
    try withTemporaryFolder { folder in
      #expect(throws: DatasetError.self) { try SafetensorsFile.write([:], to: folder + "/none/model.safetensors") }
      let occupied = folder + "/folder"
      try FileManager.default.createDirectory(atPath: occupied + "/inside", withIntermediateDirectories: true)
      #expect(throws: DatasetError.self) { try SafetensorsFile.write([:], to: occupied) }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["folder"])
    }
  }

  @Test func linksAreFollowedAndDevicesAreNotReplaced() throws {
    try withTemporaryFolder { folder in
      let files = FileManager.default
      try files.createDirectory(atPath: folder + "/real", withIntermediateDirectories: true)
      try Data([1]).write(to: URL(filePath: folder + "/real/file"))
      try files.createSymbolicLink(atPath: folder + "/link", withDestinationPath: folder + "/real/file")
      try AtomicFile.write([[2], [], [3, 4]], to: folder + "/link")
      #expect(try Data(contentsOf: URL(filePath: folder + "/real/file")) == Data([2, 3, 4]))
      #expect(try files.destinationOfSymbolicLink(atPath: folder + "/link") == folder + "/real/file")
      try AtomicFile.write([[1]], to: "/dev/null")
      let kind = try files.attributesOfItem(atPath: "/dev/null")[.type] as? FileAttributeType
      #expect(kind == .typeCharacterSpecial)
    }
  }

  @Test(.enabled(if: Python.hasSafetensors, "needs a python3 with the modules safetensors and numpy"))
  func pythonReadsWhatIsWrittenHereAndTheReverse() throws {
    try withTemporaryFolder { folder in
      let ours = folder + "/ours.safetensors"
      let theirs = folder + "/theirs.safetensors"
      let arrays = [
        "weights": StoredArray(DenseArray<Double>([1, 2, 3, 4, 5, 0.1], shape: [2, 3])),
        "bias": StoredArray(DenseArray<Float>([0.5, -1])), "steps": StoredArray([42]),
      ]
      try SafetensorsFile.write(arrays, metadata: ["note": "σ² \"quoted\"\n"], to: ours)
      let status = try Python.run(
        """
        import sys, numpy
        from safetensors import safe_open
        from safetensors.numpy import save_file
        with safe_open(sys.argv[1], "np") as f:
            assert f.metadata() == {"note": 'σ² "quoted"\\n'}
            arrays = {k: f.get_tensor(k) for k in f.keys()}
        assert arrays["weights"].dtype == numpy.float64 and arrays["weights"].tolist() == [[1, 2, 3], [4, 5, 0.1]]
        assert arrays["bias"].dtype == numpy.float32 and arrays["bias"].tolist() == [0.5, -1]
        assert arrays["steps"].tolist() == [42]
        save_file(arrays, sys.argv[2], metadata={"note": "back"})
        """, [ours, theirs])
      #expect(status == 0)
      let file = try SafetensorsFile(contentsOf: theirs)
      #expect(file.metadata == ["note": "back"])
      for (name, array) in arrays { #expect(try file.array(named: name) == array) }
    }
  }
}

/// The Python of the machine, for files that it writes or reads.
enum Python {
  static let hasSafetensors = (try? run("import safetensors.numpy", [])) == 0

  /// The exit status of a script.
  static func run(_ script: String, _ arguments: [String]) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script] + arguments
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }
}
