//  Ticks.swift — round numbers along an axis: multiples of 1, 2 or 5 times a power of ten, or the powers alone.

import Foundation

/// The marked values of an axis.
struct Ticks {
  /// In ascending order, all inside of the range.
  let values: [Double]
  /// One for each value, all with the same number of decimals.
  let labels: [String]

  /// About as many ticks as asked for, at least one apart from it. Precondition: a range of finite, positive length.
  init(range: ClosedRange<Double>, about count: Int) {
    let length = range.upperBound - range.lowerBound
    precondition(length > 0 && length.isFinite, "an axis has a finite, positive length, not \(length)")
    let step = Self.step(length / Double(max(count, 1)))
    // A thousandth of a step is granted, so that rounding does not cost the tick at an end.
    let first = Int((range.lowerBound / step - 1e-3).rounded(.up))
    let last = Int((range.upperBound / step + 1e-3).rounded(.down))
    values = first <= last ? (first...last).map { Double($0) * step } : []
    let largest = max(abs(range.lowerBound), abs(range.upperBound))
    labels = values.map { Self.label($0, step: step, largest: largest) }
  }

  /// About as many powers of ten as asked for, at equal steps; where the range holds fewer than two, also twice and five times
  /// them.
  ///
  /// - Parameter range: Of decimal logarithms. Precondition: finite and of positive length.
  init(exponents range: ClosedRange<Double>, about count: Int) {
    let (first, last) = (Int(range.lowerBound.rounded(.down)), Int(range.upperBound.rounded(.up)))
    let (inside, step) = (range.lowerBound - 1e-3...range.upperBound + 1e-3, max(1, (last - first) / max(count, 1)))
    let powers = (first...last).filter { inside.contains(Double($0)) }
    let marked: [(digit: Int, exponent: Int)] =
      powers.count >= 2
      ? powers.filter { $0 % step == 0 }.map { (1, $0) }
      : (first...last).flatMap { exponent in [1, 2, 5].map { ($0, exponent) } }
    let shown = marked.map { (value: Double($0.exponent) + log10(Double($0.digit)), mark: $0) }
      .filter { inside.contains($0.value) }
    values = shown.map(\.value)
    labels = shown.map { ($0.mark.digit == 1 ? "" : "\($0.mark.digit)×") + "10" + Self.superscript($0.mark.exponent) }
  }

  /// One at each whole number from 0.
  init(names: [String]) {
    values = names.indices.map(Double.init)
    labels = names
  }

  /// The least of 1, 2 and 5 times a power of ten that is not below `length`.
  private static func step(_ length: Double) -> Double {
    let power = pow(10, floor(log10(length)))
    let digit = [1.0, 2, 5, 10].first { $0 * power >= length * (1 - 1e-9) } ?? 10
    return digit * power
  }

  private static func label(_ value: Double, step: Double, largest: Double) -> String {
    if value == 0 && step >= 1 { return "0" }
    if largest < 1e6 && largest >= 1e-3 { return decimal(value, step: step) }
    let exponent = Int(floor(log10(largest) + 1e-9))
    let mantissa = decimal(value / pow(10, Double(exponent)), step: step / pow(10, Double(exponent)))
    return value == 0 ? "0" : "\(mantissa)×10\(superscript(exponent))"
  }

  /// With as many decimals as the step needs, a true minus sign, and thin spaces between thousands from 10 000 on.
  private static func decimal(_ value: Double, step: Double) -> String {
    let decimals = max(0, -Int(floor(log10(step) + 1e-9)))
    let digits = String(format: "%.\(decimals)f", abs(value))
    let sign = value < 0 && digits.contains { $0 >= "1" && $0 <= "9" } ? "−" : ""
    guard decimals == 0, digits.count > 4 else { return sign + digits }
    return sign + digits.dropLast(3) + "\u{2009}" + digits.suffix(3)
  }

  private static func superscript(_ exponent: Int) -> String {
    let digits: [Character: Character] = [
      "-": "⁻", "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷", "8": "⁸", "9": "⁹",
    ]
    return String("\(exponent)".map { digits[$0] ?? $0 })
  }
}
