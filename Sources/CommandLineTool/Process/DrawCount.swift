//  DrawCount.swift — how many draws to ask for.

import Foundation

enum DrawCount {
  /// What a method takes at most.
  private static let greatest = 1_000_000.0

  /// So many times as many draws of each chain, rounded up to two digits.
  static func advised(_ draws: Int, times factor: Double) -> Int {
    let wanted = min(max(Double(draws) * factor, 1), greatest)
    let unit = pow(10, max(0, floor(log10(wanted)) - 1))
    return Int(min((wanted / unit - 1e-9).rounded(.up) * unit, greatest))
  }
}
