//  NPYTests.swift — NPY and NPZ files.

import Arrays
import Datasets
import Testing

@Suite struct NPYFiles {
  @Test func everyGoodFileIsReadBitForBit() throws {
    let entries = try InteropManifest.sections().npy
    #expect(entries.count == 16)
    for (name, entry) in entries {
      InteropManifest.check(try StoredArray(contentsOfNPY: Fixture.path("interop/\(name)")), entry, name)
    }
  }

  @Test func everyBadFileIsRefusedInOneSentence() throws {
    let names = try Fixture.names(in: "interop", ending: ".npy").filter { $0.hasPrefix("bad_") }
    #expect(names.count == 17)
    for name in names {
      let bytes = try Fixture.bytes("interop/\(name)")
      expectOneSentence(sentence { _ = try StoredArray(npy: bytes, name: name) }, naming: name)
    }
  }

  @Test func refusalsSayWhatIsWrong() throws {
    func refusal(_ name: String) -> String? {
      sentence { _ = try StoredArray(npy: try Fixture.bytes("interop/bad_\(name).npy"), name: "f") }
    }
    let again = "save the array again with numpy.save."
    #expect(refusal("magic") == "f: this is not an NPY file; \(again)")
    #expect(refusal("empty_file") == "f: the file is empty; \(again)")
    #expect(refusal("version9") == "f: version 9 of the NPY format is unknown; \(again)")
    #expect(refusal("complex")?.contains("'<c16' are not supported") == true)
    #expect(refusal("object_pickle")?.contains("'|O' are not supported") == true)
    #expect(refusal("structured")?.contains("structured arrays are not supported") == true)
    #expect(refusal("trailing_bytes")?.contains("claims 24 bytes of numbers and the file holds 26") == true)
  }

  @Test func writtenArraysAreReadAgain() throws {
    try withTemporaryFolder { folder in
      let doubles = DenseArray<Double>([1, -0.0, .nan, .infinity, .leastNonzeroMagnitude, 0.1], shape: [3, 2])
      let floats = DenseArray<Float>([1, 2, 3], shape: [1, 3, 1])
      for array in [StoredArray(doubles), StoredArray(floats), StoredArray([1, -2, .max])] {
        try array.writeNPY(to: folder + "/a.npy")
        #expect(try StoredArray(contentsOfNPY: folder + "/a.npy") == array)
      }
    }
    let scalar = StoredArray(DenseArray<Double>([3], shape: []))
    #expect(try StoredArray(npy: try #require(scalar.npyBytes())) == scalar)
    #expect(try #require(scalar.npyBytes()).count == 136)
    #expect(StoredArray(kind: .bfloat16, shape: [0], bytes: []).npyBytes() == nil)
  }

  @Test func whatNumPyWroteIsWrittenIdentically() throws {
    for name in ["f8_2d", "f4_1d", "f4_3d", "f8_0d", "i8_2d", "f8_special", "u1_1d", "bool_1d"] {
      let bytes = try Fixture.bytes("interop/\(name).npy")
      let written = try #require(try StoredArray(npy: bytes).npyBytes())
      #expect(written.suffix(from: 128) == bytes.suffix(from: 128), "\(name)")
    }
  }
}

@Suite struct NPZFiles {
  @Test(arguments: ["stored.npz", "deflated.npz"]) func everyGoodFileIsReadBitForBit(_ name: String) throws {
    let manifest = try InteropManifest.sections()
    let arrays = try #require(manifest.npz[name]).entries
    let archive = try NPZArchive(contentsOf: Fixture.path("interop/\(name)"))
    #expect(Set(archive.names) == Set(arrays.keys))
    for (array, reference) in arrays {
      let expected = try #require(manifest.npy[reference["same_as"] ?? ""])
      InteropManifest.check(try archive.array(named: array), expected, "\(name)/\(array)")
    }
    #expect(sentence { _ = try archive.array(named: "w") }?.contains("there is no array 'w'; the arrays are") == true)
  }

  @Test func everyBadFileIsRefusedInOneSentence() throws {
    let names = try Fixture.names(in: "interop", ending: ".npz").filter { $0.hasPrefix("bad_") }
    #expect(names.count == 5)
    for name in names {
      let bytes = try Fixture.bytes("interop/\(name)")
      let refusal = sentence {
        let archive = try NPZArchive(bytes, name: name)
        for array in archive.names { _ = try archive.array(named: array) }
      }
      expectOneSentence(refusal, naming: name)
    }
  }
}
