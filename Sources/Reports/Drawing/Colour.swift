//  Colour.swift — colours that are told apart with every kind of colour vision.

/// The palette of Okabe and Ito (2008).
public enum Colour: String, CaseIterable, Sendable {
  case blue = "#0072B2"
  case vermilion = "#D55E00"
  case green = "#009E73"
  case orange = "#E69F00"
  case purple = "#CC79A7"
  case sky = "#56B4E9"
  case black = "#222222"
  case grey = "#777777"

  /// Colours for series that are drawn together, in the order of use; after the last one they begin anew.
  public static func series(_ index: Int) -> Colour {
    let order: [Colour] = [.blue, .vermilion, .green, .orange, .purple, .sky]
    return order[index % order.count]
  }
}
