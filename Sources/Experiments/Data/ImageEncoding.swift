//  ImageEncoding.swift — images of bytes as the inputs of a network: values from 0 to 1.

public import Arrays
public import Datasets

/// The images that a network was fitted to: their extents, and the number of their classes.
public struct ImageEncoding: Hashable, Sendable, Codable {
  public let channels: Int
  public let height: Int
  public let width: Int
  public let classCount: Int

  /// From the training images.
  ///
  /// Throws: `DatasetError` when all have one label.
  public init(fitting images: LabelledImages, labelsName: String) throws(DatasetError) {
    guard images.classCount >= 2 else {
      throw DatasetError(
        file: labelsName, problem: "every label is \(images.labels.first ?? 0)",
        advice: "give images of at least two classes")
    }
    channels = images.channels
    height = images.height
    width = images.width
    classCount = images.classCount
  }

  private enum CodingKeys: CodingKey { case channels, height, width, classCount }

  /// Throws: `DecodingError` when the extents are not those of an image or there are fewer than two classes.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    channels = try container.decode(Int.self, forKey: .channels)
    height = try container.decode(Int.self, forKey: .height)
    width = try container.decode(Int.self, forKey: .width)
    classCount = try container.decode(Int.self, forKey: .classCount)
    guard [channels, height, width].allSatisfy({ $0 >= 1 && $0 <= 1 << 16 }), 2...10_000 ~= classCount else {
      throw DecodingError.dataCorruptedError(
        forKey: .channels, in: container, debugDescription: "these are not the extents of images with classes")
    }
  }

  /// Labels count from 0.
  public var classes: [String] { (0..<classCount).map(String.init) }

  /// Shape [N, channels, height, width].
  ///
  /// Throws: `DatasetError` when the images have another size.
  public func inputs(of images: LabelledImages, name: String) throws(DatasetError) -> DenseArray<Float> {
    let extents = [images.channels, images.height, images.width]
    guard extents == [channels, height, width] else {
      throw DatasetError(
        file: name,
        problem:
          "the images have shape \(Shape(extents)) and those of training had \(Shape([channels, height, width]))",
        advice: "give images of the size that the model was fitted to")
    }
    return images.pixels(at: Array(0..<images.count))
  }

  /// Throws: `DatasetError` that names labels that training did not have.
  public func check(_ images: LabelledImages, labelsName: String) throws(DatasetError) {
    let unseen = Set(images.labels.filter { $0 >= classCount }).sorted()
    guard unseen.isEmpty else {
      let names = unseen.prefix(3).map { "'\($0)'" }.joined(separator: ", ")
      throw DatasetError(
        file: labelsName,
        problem: "training had no \(unseen.count == 1 ? "class" : "classes") \(names)"
          + (unseen.count > 3 ? " and \(unseen.count - 3) more" : ""),
        advice: "correct or remove the images, or fit the model again with such images")
    }
  }
}
