//  NetworkDescriptionTests.swift — networks by name, and where they do not fit.

import Approximations
import Arrays
import Datasets
import Evaluation
import Experiments
import Foundation
import Networks
import Testing
import Training

@Suite struct NetworkDescriptionTests {
  private static func images(size: Int, count: Int = 12) throws -> FitData {
    let pixels = (0..<count * size * size).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ $0 / size) }
    return try FitData(
      try LabelledImages(
        images: StoredArray(kind: .uint8, shape: [count, size, size], bytes: pixels),
        labels: StoredArray((0..<count).map { $0 % 3 }), imagesName: "x.idx", labelsName: "y.idx"),
      imagesName: "x.idx", labelsName: "y.idx")
  }

  @Test(arguments: ["50,50", "7", "linear", "lenet5", "resnet20"])
  func aNetworkComesBackFromItsText(text: String) throws {
    let network = try #require(NetworkDescription(text))
    #expect(network.description == text)
    #expect(try JSONDecoder().decode(NetworkDescription.self, from: JSONEncoder().encode(network)) == network)
  }

  @Test(arguments: ["", "50,", "0", "-3", "lenet", "50,x", "2000000"])
  func otherTextsAreNoNetworks(text: String) { #expect(NetworkDescription(text) == nil) }

  @Test(arguments: ["lenet5", "resnet20"])
  func aConvolutionalNetworkIsFittedToImages(text: String) throws {
    let data = try Self.images(size: 16)
    let description = FitDescription(
      method: .maximumAPosteriori, network: try #require(NetworkDescription(text)), epochs: 1, stopsEarly: false)
    let model = try description.run(on: data)
    #expect(model.predict(data.examples.inputs, threads: 1).classes.classCount == 3)
    #expect((model.record.model.network.stateCount > 0) == (text == "resnet20"))
  }

  @Test func aLinearModelHasNoHiddenLayer() throws {
    let model = try FitDescription(network: .dense([])).model(for: SmallData.regression().encoding)
    #expect(model.network.layers.count == 1 && model.network.parameterCount == 2)
  }

  private func refusal(_ network: NetworkDescription, _ data: FitData) -> String {
    do {
      _ = try FitDescription(network: network).model(for: data.encoding)
      return "accepted"
    } catch {
      return error.description
    }
  }

  @Test func aTableMeetsAConvolutionalNetworkWithOneSentence() throws {
    #expect(
      try refusal(.leNet5, SmallData.regression())
        == "the network lenet5 takes images and the rows of a table are none; name the units of hidden layers, as 50,50"
    )
  }

  @Test func imagesThatAreTooSmallAreRefused() throws {
    let sentence = try refusal(.leNet5, Self.images(size: 6))
    #expect(
      sentence.hasPrefix("the network lenet5 cannot be built for inputs of shape [1, 6, 6]: layer ")
        && sentence.hasSuffix("; give larger images, or name the units of hidden layers, as 50,50"), "\(sentence)")
  }
}
