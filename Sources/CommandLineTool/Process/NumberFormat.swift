//  NumberFormat.swift — numbers for people.

import Foundation

enum NumberFormat {
  /// With so many significant digits: 0.01234, 54.32, 1234.
  static func number(_ value: Double, digits: Int = 4) -> String {
    if value == 0 { return "0" }
    guard value.isFinite else { return word(value) }
    // Of what is shown: 0.9996 with three digits is 1.00.
    let shown = String(format: "%.\(digits - 1)e", value)
    let exponent = shown.split(separator: "e").last.flatMap { Int($0) } ?? 0
    if exponent < -5 || exponent > 9 { return shown }
    return String(format: "%.\(max(0, digits - 1 - exponent))f", value)
  }

  /// With so many decimals.
  static func fixed(_ value: Double, digits: Int) -> String {
    value.isFinite ? String(format: "%.\(digits)f", value) : word(value)
  }

  /// Of a number that is not finite: a NaN has a sign, which says nothing.
  private static func word(_ value: Double) -> String { value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }

  /// An R-hat with three decimals, rounded up as findings do: what is shown is never better than what is meant.
  static func rHat(_ value: Double) -> String {
    value == .infinity ? "∞" : fixed((1000 * value).rounded(.up) / 1000, digits: 3)
  }

  static func percent(_ share: Double) -> String {
    share.isFinite ? String(format: "%.1f %%", 100 * share) : word(share)
  }

  /// The level of an interval: "90 %", "97.5 %".
  static func level(_ share: Double) -> String { String(format: "%g %%", 100 * share) }

  /// "1 row", "2 rows".
  static func count(_ count: Int, _ noun: String) -> String { "\(count) \(noun)" + (count == 1 ? "" : "s") }

  /// "1.5 kB", "38 MB".
  static func bytes(_ bytes: Double) -> String {
    let exponent = max(1, min(4, Int(log10(max(bytes, 1))) / 3))
    return number(bytes / pow(1000, Double(exponent)), digits: 3) + ["", " kB", " MB", " GB", " TB"][exponent]
  }

  /// "0:07", "1:02:33".
  static func clock(seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e7 else { return "–:––" }
    let whole = Int(seconds.rounded())
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
    return hours > 0
      ? String(format: "%d:%02d:%02d", hours, minutes, rest) : String(format: "%d:%02d", minutes, rest)
  }

  /// "less than 0.1 s", "0.4 s", "12 s", "3:05".
  static func duration(seconds: Double) -> String {
    if seconds < 0.05 { return "less than 0.1 s" }
    return seconds < 10
      ? String(format: "%.1f s", seconds) : seconds < 100 ? "\(Int(seconds.rounded())) s" : clock(seconds: seconds)
  }
}
