//  MemoryTests.swift — the memory that a fit is refused for is the memory that a fit takes.

import Foundation
import Testing

@Suite(.serialized) struct MemoryTests {
  /// The greatest resident size of a run, looked at until it ends. Unit: bytes.
  private func greatestMemory(of run: RunningTool) -> Double {
    var greatest = 0.0
    while run.process.isRunning {
      if let status = try? String(contentsOfFile: "/proc/\(run.process.processIdentifier)/status", encoding: .utf8),
        let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
        let kilobytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Double($0) })
      {
        greatest = max(greatest, 1024 * kilobytes)
      }
      Thread.sleep(forTimeInterval: 0.002)  // between two looks at another process
    }
    return greatest
  }

  private static let showsMemory = FileManager.default.fileExists(atPath: "/proc/self/status")

  private static let rows = "x,y\n" + (0..<50).map { "\($0),\(Double($0) * 2.5)\n" }.joined()

  /// Bytes a parameter by which a network of a million units in two layers is refused.
  private func claimed(_ method: [String], networks: Double) throws -> Double {
    let place = try Workplace()
    try place.write(Self.rows, to: "t.csv")
    let outcome = try place.start(
      ["fit", "t.csv", "--target", "y", "--network", "1000000,1000000", "--out", "m.credence", "--quiet"] + method
    ).wait()
    let sentence = try #require(
      outcome.errors.firstMatch(of: /(\d{10,}) (?:parameters need|weights needs) (\d+) ([GT])B/), "\(outcome.errors)")
    let parameters = try #require(Double(sentence.output.1)), amount = try #require(Double(sentence.output.2))
    return amount * (sentence.output.3 == "G" ? 1e9 : 1e12) / parameters / networks
  }

  @Test(
    .enabled(if: showsMemory, "the system does not show the memory of a process"),
    arguments: [
      (["--method", "map"], 1.0), (["--members", "3"], 3.0),
      (
        ["--method", "swag", "--no-early-stopping", "--option", "from=0", "--option", "rank=2", "--option", "draws=1"],
        1.0
      ),
      (["--method", "variational", "--option", "family=low-rank", "--option", "rank=1", "--option", "draws=1"], 1.0),
    ])
  func theMemoryOfAFitIsNotMoreThanItsRefusalSays(method: [String], networks: Double) throws {
    let claimed = try claimed(method, networks: networks)
    let place = try Workplace()
    try place.write(Self.rows, to: "t.csv")
    // 2500 units twice: 6.26 million parameters, more than what the program itself takes.
    let parameters = 2500.0 * 2500 + 2500 * 4 + 2
    let fit = try place.start(
      ["fit", "t.csv", "--target", "y", "--network", "2500,2500", "--epochs", "2", "--out", "m.credence", "--quiet"]
        + method)
    let greatest = greatestMemory(of: fit)
    let outcome = try fit.wait()
    #expect(outcome.code == 0, "\(outcome.errors)")
    let measured = greatest / (parameters * networks)
    // The program without a network holds about 30 MB.
    #expect(
      measured < claimed + 30e6 / (parameters * networks), "\(measured) bytes a parameter, \(claimed) were claimed")
    #expect(measured > 0.6 * claimed, "\(measured) bytes a parameter, \(claimed) were claimed")
  }

  @Test(.enabled(if: showsMemory, "the system does not show the memory of a process"))
  func aPredictionByManyDrawsHoldsFewOfThem() throws {
    let place = try Workplace()
    try place.write(Self.rows, to: "t.csv")
    // 41 001 parameters, of which 4000 draws would be 656 MB.
    let fit = try place.run(
      "fit", "t.csv", "--target", "y", "--network", "200,200", "--epochs", "2", "--out", "m.credence", "--quiet",
      "--method", "laplace", "--option", "structure=last-layer", "--option", "prediction=network", "--option",
      "draws=4000")
    #expect(fit.code == 0, "\(fit.errors)")
    let prediction = try place.start(["predict", "m.credence", "t.csv"])
    let greatest = greatestMemory(of: prediction)
    let outcome = try prediction.wait()
    #expect(outcome.code == 0 && outcome.output.split(separator: "\n").count == 51, "\(outcome.errors)")
    #expect(greatest < 250e6, "\(greatest) bytes")
  }
}
