//  IDXReader.swift — the IDX format of the MNIST files.
//
//  Layout, numbers with the highest byte first:  0 0 kind rank, then `rank` extents of 32 bits, then the numbers.
//  Kinds: 08 unsigned byte, 09 signed byte, 0B 16-bit integer, 0C 32-bit integer, 0D float, 0E double.
//  Source: the description that was published with MNIST (LeCun, Cortes, Burges).

import Arrays

extension StoredArray {
  /// Reads an IDX file, plain or compressed with gzip.
  ///
  /// Throws: `DatasetError` if the file is not IDX, is damaged, or is shorter or longer than its header says.
  public init(contentsOfIDX path: String) throws(DatasetError) {
    self = try IDXReader.read(try openSource(path: path))
  }

  /// Reads an IDX file, plain or compressed with gzip, that is in memory; `name` stands for it in errors.
  ///
  /// Throws: `DatasetError` if the file is not IDX, is damaged, or is shorter or longer than its header says.
  public init(idx bytes: [UInt8], name: String = "array.idx") throws(DatasetError) {
    self = try IDXReader.read(try inflatedIfCompressed(MemorySource(bytes, name: name)))
  }
}

enum IDXReader {
  static func read(_ source: any ByteSource) throws(DatasetError) -> StoredArray {
    func fault(_ problem: String) -> DatasetError {
      DatasetError(file: source.name, problem: problem, advice: "give a whole IDX file, plain or compressed with gzip")
    }
    let start = try source.readBytes(atMost: 4)
    guard start.count == 4 else { throw fault("the file ends inside its header") }
    guard start[0] == 0, start[1] == 0, let kind = kind(of: start[2]) else { throw fault("this is not an IDX file") }
    let rank = Int(start[3])
    var header = ByteCursor(try source.readBytes(atMost: 4 * rank))
    var extents: [Int] = []
    for _ in 0..<rank {
      guard let extent = header.bigEndian(UInt32.self) else { throw fault("the file ends inside its header") }
      extents.append(Int(extent))
    }
    guard let size = kind.byteCount(extents: extents), size < Int.max else {
      throw fault("the header claims an array of impossible extents \(extents)")
    }
    let bytes = try source.readBytes(atMost: size + 1)
    guard bytes.count >= size else {
      throw fault("the header claims \(size) bytes of numbers and the file holds \(bytes.count)")
    }
    guard bytes.count == size else { throw fault("bytes follow the \(size) that the header claims") }
    return StoredArray(kind: kind, shape: Shape(extents), bytes: swappingByteOrder(bytes, width: kind.width))
  }

  private static func kind(of code: UInt8) -> NumberKind? {
    switch code {
    case 0x08: .uint8
    case 0x09: .int8
    case 0x0B: .int16
    case 0x0C: .int32
    case 0x0D: .float32
    case 0x0E: .float64
    default: nil
    }
  }
}
