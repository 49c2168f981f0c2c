//  DecimalParser.swift — a decimal number in text to the nearest `Double`, fast.
//
//  Notation   w  the digits as an integer, without the point, < 2⁶⁴ when at most 19 are significant
//             e  the power of ten:  value = ± w 10ᵉ = ± (w 5ᵉ) 2ᵉ
//
//  Cases      (1) w ≤ 2⁵³ and |e| ≤ 22: w and 10^|e| are exact, so one rounded operation is correctly rounded [Clinger 1990]
//             (2) |e| ≤ 27: 5^|e| < 2⁶⁴. The product w 5ᵉ is exact in 128 bits; the quotient w / 5^|e| is taken to 63 bits
//                 or more, and its remainder tells whether anything follows. Rounding to 53 bits, ties to even, is exact.
//             (3) otherwise the standard library, which is exact and slower.
//
//  No result of (1) or (2) is subnormal or infinite: 10⁻²⁷ ≤ |value| < 2⁶⁴ 10²⁷, or it is zero.

enum DecimalParser {
  private static let powersOfTen: [Double] = (0...22).map { exponent in
    (0..<exponent).reduce(1) { power, _ in power * 10 }
  }

  private static let powersOfFive: [UInt64] = (0...27).map { exponent in
    (0..<exponent).reduce(1) { power, _ in power * 5 }
  }

  /// Reads the longest decimal at `text`: a sign, digits with at most one point, an exponent. Returns its length in bytes,
  /// 0 if there is none.
  ///
  /// Precondition: a byte that cannot continue a number follows the text, such as a zero.
  @inline(__always)
  static func parse(_ text: UnsafePointer<UInt8>, into value: inout Double) -> Int {
    var next = text
    let isNegative = next.pointee == UInt8(ascii: "-")
    if isNegative || next.pointee == UInt8(ascii: "+") { next += 1 }
    var w: UInt64 = 0
    let firstDigit = next
    var digit = next.pointee &- UInt8(ascii: "0")
    while digit < 10 {
      w = w &* 10 &+ UInt64(digit)
      next += 1
      digit = next.pointee &- UInt8(ascii: "0")
    }
    var digits = next - firstDigit
    var e = 0
    if next.pointee == UInt8(ascii: ".") {
      next += 1
      let firstDecimal = next
      digit = next.pointee &- UInt8(ascii: "0")
      while digit < 10 {
        w = w &* 10 &+ UInt64(digit)
        next += 1
        digit = next.pointee &- UInt8(ascii: "0")
      }
      e = firstDecimal - next
      digits &-= e
    }
    if digits == 0 { return 0 }
    if next.pointee | 0x20 == UInt8(ascii: "e") { e &+= exponent(at: &next) }
    let isExact = digits <= 19 || significantDigits(firstDigit, next) <= 19
    if isExact && w <= 1 << 53 && e >= -22 && e <= 22 {  // (1)
      let magnitude = e < 0 ? Double(w) / powersOfTen[-e] : Double(w) * powersOfTen[e]
      value = isNegative ? -magnitude : magnitude
    } else {
      value = inexact(isExact ? w : nil, e, text, next, isNegative)
    }
    return next - text
  }

  /// The exponent after an `e`, which `next` is moved past; 0, and `next` unmoved, if no digit follows.
  private static func exponent(at next: inout UnsafePointer<UInt8>) -> Int {
    var ahead = next + 1
    let isNegative = ahead.pointee == UInt8(ascii: "-")
    if isNegative || ahead.pointee == UInt8(ascii: "+") { ahead += 1 }
    let firstDigit = ahead
    var exponent = 0
    while ahead.pointee &- UInt8(ascii: "0") < 10 {
      if exponent < 100_000 { exponent = exponent * 10 + Int(ahead.pointee - UInt8(ascii: "0")) }
      ahead += 1
    }
    if ahead == firstDigit { return 0 }
    next = ahead
    return isNegative ? -exponent : exponent
  }

  /// The number of digits from the first that is not zero to the exponent.
  private static func significantDigits(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Int {
    var count = 0
    var byte = start
    while byte < end && byte.pointee | 0x20 != UInt8(ascii: "e") {
      if byte.pointee != UInt8(ascii: ".") && (count > 0 || byte.pointee != UInt8(ascii: "0")) { count += 1 }
      byte += 1
    }
    return count
  }

  /// Cases (2) and (3). `w` is `nil` when its digits do not fit.
  @inline(never)
  private static func inexact(
    _ w: UInt64?, _ e: Int, _ text: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ isNegative: Bool
  ) -> Double {
    if let w, e >= -27 && e <= 27 || w == 0 {
      let magnitude = w == 0 ? 0 : e < 0 ? quotient(w, -e) : product(w, e)
      return isNegative ? -magnitude : magnitude
    }
    // The bytes are digits, signs, a point and an `e`, in the order of a number, so the text is one.
    return Double(String(decoding: UnsafeBufferPointer(start: text, count: end - text), as: UTF8.self)) ?? .nan
  }

  /// w 5ᵉ 2ᵉ for w > 0.
  private static func product(_ w: UInt64, _ e: Int) -> Double {
    let exact = w.multipliedFullWidth(by: powersOfFive[e])
    if exact.high == 0 { return rounded(exact.low, hasMore: false, exponent: e) }
    let shift = UInt64(exact.high.leadingZeroBitCount)
    let top = exact.high << shift | (shift == 0 ? 0 : exact.low >> (64 - shift))
    return rounded(top, hasMore: exact.low << shift != 0, exponent: e + 64 - Int(shift))
  }

  /// w / 5ᵏ 2⁻ᵏ for w > 0. Both are shifted to fill 64 bits, so that the quotient of w 2⁶³ fills 63 or 64.
  private static func quotient(_ w: UInt64, _ k: Int) -> Double {
    let divisor = powersOfFive[k]
    let shiftOfW = w.leadingZeroBitCount
    let shiftOfDivisor = divisor.leadingZeroBitCount
    let dividend = w << UInt64(shiftOfW)
    let (quotient, remainder) = (divisor << UInt64(shiftOfDivisor))
      .dividingFullWidth((high: dividend >> 1, low: dividend << 63))
    return rounded(quotient, hasMore: remainder != 0, exponent: shiftOfDivisor - shiftOfW - 63 - k)
  }

  /// (bits + something below one if `hasMore`) 2^exponent to 53 bits, ties to even. Precondition: bits > 0, and at least
  /// 2⁶² if `hasMore`.
  private static func rounded(_ bits: UInt64, hasMore: Bool, exponent: Int) -> Double {
    let shift = bits.leadingZeroBitCount
    let full = bits << UInt64(shift)
    let below = full & 0x7FF
    var significand = full >> 11
    if below > 0x400 || below == 0x400 && (hasMore || significand & 1 == 1) { significand += 1 }
    return Double(significand) * Double(bitPattern: UInt64(1023 + exponent - shift + 11) << 52)
  }
}
