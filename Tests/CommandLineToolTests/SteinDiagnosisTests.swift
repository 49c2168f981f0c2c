//  SteinDiagnosisTests.swift — credence diagnose where the file holds gradients.

import Foundation
import Testing

@Suite struct SteinDiagnosisTests {
  /// Draws of N(0, s²) in two coordinates, and the gradient of log N(0, 1) at each.
  ///
  /// - Parameter count: How many draws of a chain are the same.
  private func file(deviation: Double, coordinates: String = "x", repeating count: Int = 1) -> Data {
    var normals = Normals()
    let numbersOnce: [Double] = (0..<1600).map { _ in deviation * normals.next() }
    let x = (0..<1600).map { numbersOnce[$0 / 2 / count * 2 + $0 % 2] }
    let numbers: [UInt64] = (x + x.map { -$0 }).map { $0.bitPattern.littleEndian }
    let places = [(coordinates, 0), ("gradient", 12800)].map { name, start in
      "\"\(name)\":{\"dtype\":\"F64\",\"shape\":[4,200,2],\"data_offsets\":[\(start),\(start + 12800)]}"
    }
    let header = Data("{\(places.joined(separator: ","))}".utf8)
    var data = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) }
    data += header
    data += numbers.withUnsafeBytes { Data($0) }
    return data
  }

  @Test func drawsOfAnotherDensityAreSeenThoughTheChainsAgree() throws {
    let place = try Workplace()
    try file(deviation: 1).write(to: place.folder.appending(path: "right.safetensors"))
    try file(deviation: 1.4).write(to: place.folder.appending(path: "wrong.safetensors"))
    let right = try place.start(["diagnose", "right.safetensors"]).wait()
    #expect(right.code == 0 && right.output.contains("Nothing is wrong.\nKernel Stein discrepancy of "), "\(right)")
    #expect(!right.output.contains("gradient["))
    let wrong = try place.start(["diagnose", "wrong.safetensors"]).wait()
    #expect(
      wrong.output.contains("The draws do not fit the gradients in the file") && !wrong.output.contains("disagree"))
    struct Diagnosis: Decodable {
      struct Stein: Decodable { let discrepancy, probability: Double }
      let stein: Stein
    }
    let json = try place.start(["diagnose", "wrong.safetensors", "--format", "json"]).wait().output
    let stein = try JSONDecoder().decode(Diagnosis.self, from: Data(json.utf8)).stein
    #expect(stein.probability < 0.01 && stein.discrepancy > 0)
  }

  @Test func tooFewEffectiveDrawsAreSaid() throws {
    let place = try Workplace()
    // Each draw stands a hundred times: two places a chain.
    try file(deviation: 1, repeating: 100).write(to: place.folder.appending(path: "slow.safetensors"))
    let outcome = try place.start(["diagnose", "slow.safetensors"]).wait()
    let sentence =
      /Of the kernel Stein discrepancy nothing can be said: it takes 40 effective draws of every coordinate and of its square, and x\[\d\] has \d+\.\n/
    #expect(outcome.code == 0 && outcome.output.contains(sentence), "\(outcome)")
    #expect(!outcome.output.contains("Kernel Stein discrepancy of "))
    let json = try place.start(["diagnose", "slow.safetensors", "--format", "json"]).wait().output
    #expect(json.contains("steinRefusal") && !json.contains("probability"))
  }

  @Test func gradientsWithoutCoordinatesAreAnError() throws {
    let place = try Workplace()
    try file(deviation: 1, coordinates: "y").write(to: place.folder.appending(path: "alone.safetensors"))
    let outcome = try place.start(["diagnose", "alone.safetensors"]).wait()
    #expect(outcome.code == 1 && outcome.errors.contains("has no array x of its shape beside it"), "\(outcome)")
  }
}
