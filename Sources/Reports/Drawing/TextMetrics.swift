//  TextMetrics.swift — about how wide a text will be, when the font that will show it is not known.
//
//  Widths are those of DejaVu Sans, the widest of the fonts asked for, by groups of letters; so that texts are set with some
//  room rather than cut off.

enum TextMetrics {
  /// The width in pixels at a font size in pixels.
  static func width(_ text: String, size: Double, isBold: Bool = false) -> Double {
    text.reduce(0) { $0 + share($1) } * size * (isBold ? 1.1 : 1)
  }

  /// The width of a character as a share of the font size.
  private static func share(_ character: Character) -> Double {
    switch character {
    case "i", "j", "l", "I", "'", "|": 0.3
    case " ", "\u{2009}", ".", ",", ":", ";", "f", "t", "r", "(", ")", "[", "]", "/", "!": 0.4
    case "m", "w", "M", "W", "%", "@", "−", "+", "=", "<", ">", "×", "±": 0.9
    case let letter where letter.isUppercase: 0.72
    case let letter where letter.isASCII: 0.62
    default: 1
    }
  }
}
