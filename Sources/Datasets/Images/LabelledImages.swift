//  LabelledImages.swift — images of bytes with a class each: the MNIST and the CIFAR-10 files.

public import Arrays

/// Images of equal size with values 0 to 255, and a class for each.
public struct LabelledImages: Sendable {
  /// Extents of an image: channels, height, width.
  public let channels: Int
  public let height: Int
  public let width: Int

  /// The class of each image, counted from 0. N numbers.
  public let labels: [Int]

  /// The values, row-major, [N, channels, height, width].
  private let values: [UInt8]

  public var count: Int { labels.count }

  /// One more than the largest label.
  public var classCount: Int { (labels.max() ?? -1) + 1 }

  private init(channels: Int, height: Int, width: Int, labels: [Int], values: [UInt8]) {
    self.channels = channels
    self.height = height
    self.width = width
    self.labels = labels
    self.values = values
  }

  /// Reads a pair of IDX files, plain or compressed: images of bytes, [N, height, width] or [N, channels, height, width],
  /// and labels [N].
  ///
  /// Throws: `DatasetError` if a file cannot be read, or the two do not fit together.
  public init(idxImages imagesPath: String, labels labelsPath: String) throws(DatasetError) {
    try self.init(
      images: try StoredArray(contentsOfIDX: imagesPath), labels: try StoredArray(contentsOfIDX: labelsPath),
      imagesName: imagesPath, labelsName: labelsPath)
  }

  /// Images and labels that were read already; the names stand for the files in errors.
  ///
  /// Throws: `DatasetError` if they are not bytes and integers, or do not fit together.
  public init(
    images: StoredArray, labels: StoredArray, imagesName: String, labelsName: String
  ) throws(DatasetError) {
    let extents = images.shape.extents
    guard images.kind == .uint8, extents.count == 3 || extents.count == 4, images.count > 0 else {
      throw DatasetError(
        file: imagesName, problem: "\(images.kind) numbers of shape \(images.shape) are no images",
        advice: "give unsigned bytes of shape [count, height, width]")
    }
    guard labels.shape.rank == 1, let classes = labels.integers(), classes.allSatisfy({ $0 >= 0 && $0 < 10_000 }) else {
      throw DatasetError(
        file: labelsName, problem: "\(labels.kind) numbers of shape \(labels.shape) are no labels",
        advice: "give a vector of integers from 0 up to 9999")
    }
    guard classes.count == extents[0] else {
      throw DatasetError(
        file: labelsName, problem: "there are \(classes.count) labels for \(extents[0]) images of \(imagesName)",
        advice: "give the labels that belong to the images")
    }
    self.init(
      channels: extents.count == 4 ? extents[1] : 1, height: extents[extents.count - 2],
      width: extents[extents.count - 1], labels: classes, values: images.bytes)
  }

  /// Reads a CIFAR-10 binary file, plain or compressed: records of a label byte and 3 × 32 × 32 values.
  ///
  /// Throws: `DatasetError` if the file is not a whole number of records, or a label is above 9.
  public init(cifar10 path: String) throws(DatasetError) {
    let bytes = try openSource(path: path).readBytes(atMost: .max)
    let image = 3 * 32 * 32
    guard !bytes.isEmpty && bytes.count % (image + 1) == 0 else {
      throw DatasetError(
        file: path, problem: "\(bytes.count) bytes are no whole number of records of \(image + 1)",
        advice: "give a file of the binary version of CIFAR-10")
    }
    var labels: [Int] = []
    var values: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: image + 1) {
      guard bytes[start] < 10 else {
        throw DatasetError(
          file: path, problem: "record \(labels.count) has the label \(bytes[start])",
          advice: "give a file of the binary version of CIFAR-10")
      }
      labels.append(Int(bytes[start]))
      values += bytes[start + 1...start + image]
    }
    self.init(channels: 3, height: 32, width: 32, labels: labels, values: values)
  }

  /// The images at `indices`, values scaled to 0 up to 1. Shape [indices.count, channels, height, width].
  public func pixels<Element: Scalar>(at indices: [Int], as type: Element.Type = Element.self) -> DenseArray<Element> {
    let scaled = (0...255).map { Element($0) / 255 }
    let size = channels * height * width
    var pixels: [Element] = []
    pixels.reserveCapacity(indices.count * size)
    for index in indices {
      for value in values[index * size..<(index + 1) * size] { pixels.append(scaled[Int(value)]) }
    }
    return DenseArray(pixels, shape: [indices.count, channels, height, width])
  }
}
