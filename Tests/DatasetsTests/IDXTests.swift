//  IDXTests.swift — IDX files and images with labels.

import Arrays
import Datasets
import Testing

@Suite struct IDXFiles {
  @Test func everyKindOfNumberIsRead() throws {
    let expected: [String: [Double]] = [
      "u1": [0, 1, 127, 128, 254, 255], "i1": [0, 1, 127, -128, -2, -1], "i2": [0, 1, 32767, -32768, -2, 256],
      "i4": [0, 1, 2_147_483_647, -2_147_483_648, -2, 65536], "f4": [0, 1.5, -2.25, Double(Float(1e30)), -0.5, 3],
      "f8": [0, 1.5, -2.25, 1e300, -0.1, 3],
    ]
    for (name, numbers) in expected {
      let array = try StoredArray(contentsOfIDX: Fixture.path("idx/\(name).idx"))
      #expect(array.shape == [2, 3])
      #expect(array.converted(to: Double.self).elements == numbers, "\(name)")
    }
  }

  @Test func compressedFilesAreReadWithOneMemberOrSeveral() throws {
    let plain = try StoredArray(contentsOfIDX: Fixture.path("idx/u1.idx"))
    #expect(try StoredArray(contentsOfIDX: Fixture.path("idx/u1.idx.gz")) == plain)
    #expect(try StoredArray(contentsOfIDX: Fixture.path("idx/u1_two_members.idx.gz")) == plain)
  }

  @Test func damagedFilesAreRefusedInOneSentence() throws {
    let plain = try Fixture.bytes("idx/i4.idx")
    let packed = try Fixture.bytes("idx/u1.idx.gz")
    var flipped = packed
    flipped[packed.count - 6] ^= 1
    let damaged: [[UInt8]] = [
      [], Array(plain.prefix(3)), Array(plain.prefix(9)), Array(plain.dropLast()), plain + [0], [1] + plain.dropFirst(),
      [0, 0, 0x0A] + plain.dropFirst(3), [0, 0, 8, 3] + [UInt8](repeating: 255, count: 12),
      [0, 0, 8, 2, 255, 255, 255, 255],
      Array(packed.dropLast()), Array(packed.prefix(2)), packed + [7], flipped,
    ]
    for bytes in damaged { expectOneSentence(sentence { _ = try StoredArray(idx: bytes, name: "f") }, naming: "f") }
    #expect(
      sentence { _ = try StoredArray(idx: flipped, name: "f") }
        == "f: the compressed data is damaged; fetch or compress the file again.")
    #expect(
      sentence { _ = try StoredArray(idx: Array(plain.dropLast()), name: "f") }
        == "f: the header claims 24 bytes of numbers and the file holds 23; give a whole IDX file, plain or compressed "
        + "with gzip.")
  }

  @Test func imagesAndLabelsMustFitTogether() throws {
    let images = StoredArray(kind: .uint8, shape: [2, 1, 2], bytes: [0, 51, 255, 102])
    let labels = StoredArray(kind: .uint8, shape: [2], bytes: [3, 0])
    let set = try LabelledImages(images: images, labels: labels, imagesName: "i", labelsName: "l")
    #expect(set.labels == [3, 0])
    #expect(set.classCount == 4)
    #expect(set.pixels(at: [1, 0], as: Double.self) == DenseArray([1, 0.4, 0, 0.2], shape: [2, 1, 1, 2]))
    let three = StoredArray([1, 2, 3])
    #expect(
      sentence { _ = try LabelledImages(images: images, labels: three, imagesName: "i", labelsName: "l") }
        == "l: there are 3 labels for 2 images of i; give the labels that belong to the images.")
    #expect(throws: DatasetError.self) {
      try LabelledImages(images: three, labels: three, imagesName: "i", labelsName: "l")
    }
  }
}
