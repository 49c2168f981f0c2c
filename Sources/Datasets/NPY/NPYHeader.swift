//  NPYHeader.swift — the description at the start of an NPY file.
//
//  Layout: 93 'NUMPY', major and minor version, the length of the header (16 bits in version 1, 32 in 2 and 3, lowest byte
//  first), then the header: a Python dictionary with the keys 'descr', 'fortran_order' and 'shape'.
//  Source: NumPy, "A simple file format for NumPy arrays" (NEP 1).

/// What an NPY header says.
struct NPYHeader: Equatable {
  let kind: NumberKind
  let isBigEndian: Bool
  let isFortranOrder: Bool
  let extents: [Int]

  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// NumPy has no array of more axes.
  static let largestRank = 64

  /// Reads the header, and leaves the cursor at the numbers.
  ///
  /// Throws: `DatasetError` if the file is not NPY, of an unknown version, or of numbers that have no kind here.
  init(from cursor: inout ByteCursor, file: String) throws(DatasetError) {
    func fault(_ problem: String, _ advice: String = "save the array again with numpy.save") -> DatasetError {
      DatasetError(file: file, problem: problem, advice: advice)
    }
    guard cursor.remaining > 0 else { throw fault("the file is empty") }
    guard let magic = cursor.take(6), magic.elementsEqual(Self.magic) else { throw fault("this is not an NPY file") }
    guard let major = cursor.littleEndian(UInt8.self), cursor.littleEndian(UInt8.self) != nil else {
      throw fault("the file ends inside its header")
    }
    guard (1...3).contains(major) else { throw fault("version \(major) of the NPY format is unknown") }
    let length =
      major == 1 ? cursor.littleEndian(UInt16.self).map(Int.init) : cursor.littleEndian(UInt32.self).map(Int.init)
    guard let length, let text = cursor.take(length) else { throw fault("the file ends inside its header") }
    let entries: [String: NPYLiteral]
    switch NPYLiteral.parsed(text) {
    case .dictionary(let parsed)?: entries = parsed
    default: throw fault("the header is not a dictionary of Python")
    }
    guard let description = entries["descr"], case .bool(let isFortranOrder)? = entries["fortran_order"],
      case .tuple(let extents)? = entries["shape"], entries.count == 3
    else { throw fault("the header does not hold just 'descr', 'fortran_order' and 'shape'") }
    guard case .string(let code) = description else {
      throw fault("structured arrays are not supported", "save each field as an array of its own")
    }
    guard let (kind, isBigEndian) = Self.kind(of: code) else {
      throw fault(
        "numbers of the kind \(DatasetError.excerpt(of: code)) are not supported",
        "save bools, integers, or floats of at most 64 bits")
    }
    guard extents.count <= Self.largestRank, extents.allSatisfy({ $0 >= 0 }) else {
      throw fault("the shape in the header is impossible")
    }
    self.kind = kind
    self.isBigEndian = isBigEndian
    self.isFortranOrder = isFortranOrder
    self.extents = extents
  }

  private static func kind(of code: String) -> (NumberKind, isBigEndian: Bool)? {
    let order = code.first
    guard let order, "<>|=".contains(order) else { return nil }
    let kind: NumberKind? =
      switch code.dropFirst() {
      case "b1": .bool
      case "u1": .uint8
      case "u2": .uint16
      case "u4": .uint32
      case "u8": .uint64
      case "i1": .int8
      case "i2": .int16
      case "i4": .int32
      case "i8": .int64
      case "f2": .float16
      case "f4": .float32
      case "f8": .float64
      default: nil
      }
    guard let kind, order != "|" || kind.width == 1 else { return nil }
    return (kind, order == ">")
  }
}
