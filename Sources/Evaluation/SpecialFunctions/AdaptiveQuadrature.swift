//  AdaptiveQuadrature.swift — integrals to a tolerance, by the pair of Gauss' 7 and Kronrod's 15 points.
//
//  An interval whose two values differ by more than its share of the tolerance is halved. The difference is the error of the
//  poorer rule, so what is returned is far better than asked for where the integrand is smooth.

enum AdaptiveQuadrature {
  /// Kronrod's places in [0, 1) from the outermost, and the weights of both rules.
  private static let points: [(place: Double, kronrod: Double, gauss: Double)] = [
    (0.991455371120812639207, 0.022935322010529224964, 0),
    (0.949107912342758524526, 0.063092092629978553291, 0.129484966168869693271),
    (0.864864423359769072790, 0.104790010322250183840, 0),
    (0.741531185599394439864, 0.140653259715525918745, 0.279705391489276667901),
    (0.586087235467691130294, 0.169004726639267902827, 0),
    (0.405845151377397166907, 0.190350578064785409913, 0.381830050505118944950),
    (0.207784955007898467601, 0.204432940075298892414, 0),
  ]
  private static let centre = (kronrod: 0.209482141084727828013, gauss: 0.417959183673469387755)
  private static let deepest = 50

  /// The integral over [lower, upper]; the integrand is not asked for at the ends. Not a number where it is not one.
  static func integral(
    _ lower: Double, _ upper: Double, tolerance: Double, _ integrand: (Double) -> Double
  ) -> Double {
    part(lower, upper, tolerance, 0, integrand)
  }

  private static func part(
    _ lower: Double, _ upper: Double, _ tolerance: Double, _ depth: Int, _ integrand: (Double) -> Double
  ) -> Double {
    let (middle, half) = (0.5 * (lower + upper), 0.5 * (upper - lower))
    let central = integrand(middle)
    var (fine, coarse) = (centre.kronrod * central, centre.gauss * central)
    for point in points {
      let pair = integrand(middle - half * point.place) + integrand(middle + half * point.place)
      fine += point.kronrod * pair
      coarse += point.gauss * pair
    }
    guard abs(fine - coarse) * half > tolerance, depth < deepest else { return fine * half }
    return part(lower, middle, 0.5 * tolerance, depth + 1, integrand)
      + part(middle, upper, 0.5 * tolerance, depth + 1, integrand)
  }
}
