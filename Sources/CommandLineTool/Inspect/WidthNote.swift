//  WidthNote.swift — a posterior that is no more than a point, although its method promises a spread.

import Credence

struct WidthNote {
  /// Without a full stop.
  let text: String

  /// `nil` for a posterior that has a width, and for a point that was asked for.
  init?(_ posterior: any StorablePosterior) {
    switch posterior {
    case let swag as SWAGPosterior where !swag.hasWidth:
      text =
        swag.scale == 0
        ? "none: the scale of the draws is 0"
        : "none: the weights were looked at once; take more epochs, or average from earlier"
    case let laplace as LaplacePosterior where !laplace.hasWidth:
      text =
        "none that shows: the prior is so narrow that it decides every parameter; take another tuning, structure or prior"
    case let draws as DrawsPosterior where draws.drawCount > 1 && draws.areAllTheSame:
      text = "none: all \(draws.drawCount) draws are the same"
    default: return nil
    }
  }
}
