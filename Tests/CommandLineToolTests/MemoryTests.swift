//  MemoryTests.swift — the memory that a fit is refused for is the memory that a fit takes.

import Foundation
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite(.serialized) struct MemoryTests {
  /// The greatest resident size of any process that was started and waited for. Unit: bytes.
  private var greatestOfChildren: Double {
    var usage = rusage()
    #if os(Linux)
      getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
      return Double(usage.ru_maxrss) * 1024
    #else
      getrusage(RUSAGE_CHILDREN, &usage)
      return Double(usage.ru_maxrss)
    #endif
  }

  private static let rows = "x,y\n" + (0..<40).map { "\($0),\(Double($0) * 2.5)\n" }.joined()

  /// Bytes a parameter by which a network of a million units in two layers is refused.
  private func claimed(_ method: [String], networks: Double) throws -> Double {
    let place = try Workplace()
    try place.write(Self.rows, to: "t.csv")
    let outcome = try place.start(
      ["fit", "t.csv", "--target", "y", "--network", "1000000,1000000", "--out", "m.credence", "--quiet"] + method).wait()
    let sentence = try #require(outcome.errors.firstMatch(of: /(\d{10,}) parameters need (\d+) GB/), "\(outcome.errors)")
    let parameters = try #require(Double(sentence.output.1)), gigabytes = try #require(Double(sentence.output.2))
    return gigabytes * 1e9 / parameters / networks
  }

  @Test(arguments: [(["--method", "map"], 1.0), (["--members", "3"], 3.0)])
  func theMemoryOfAFitIsNotMoreThanItsRefusalSays(method: [String], networks: Double) throws {
    let claimed = try claimed(method, networks: networks)
    let place = try Workplace()
    try place.write(Self.rows, to: "t.csv")
    // 2500 units twice: 6.26 million parameters, more than what the program itself takes.
    let parameters = 2500.0 * 2500 + 2500 * 4 + 2
    let fit = try place.start(
      ["fit", "t.csv", "--target", "y", "--network", "2500,2500", "--epochs", "2", "--out", "m.credence", "--quiet"]
        + method).wait()
    #expect(fit.code == 0, "\(fit.errors)")
    let measured = greatestOfChildren / (parameters * networks)
    // The program without a network holds about 30 MB.
    #expect(measured < claimed + 30e6 / (parameters * networks), "\(measured) bytes a parameter, \(claimed) were claimed")
    #expect(measured > 0.6 * claimed, "\(measured) bytes a parameter, \(claimed) were claimed")
  }
}
