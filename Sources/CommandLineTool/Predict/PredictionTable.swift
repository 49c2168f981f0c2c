//  PredictionTable.swift — predictions as CSV, one line a row. Numbers are written in full: they read back as the same bits.

import Credence

struct PredictionTable {
  let csv: String

  /// A mutual information that the method does not know is an empty cell.
  ///
  /// - Parameters:
  ///   - classes: The labels where classes are predicted.
  ///   - interval: The probability that lies between lower and upper.
  init(_ predictive: Predictive, classes: [String]?, interval: Double) {
    var text = ""
    if let classes {
      let forecast = predictive.classes
      let places = zip(forecast.predictions, zip(forecast.predictiveEntropy, forecast.mutualInformation))
      text = CSVText.line(
        ["prediction"] + classes.map { "probability_\($0)" } + ["entropy", "mutual_information"])
      for (row, (place, (entropy, information))) in places.enumerated() {
        let probabilities = forecast.mean.elements[row * classes.count..<(row + 1) * classes.count]
        text += CSVText.cell(classes[place])
        for number in probabilities { text += ",\(number)" }
        text += ",\(entropy),\(information.isNaN ? "" : "\(information)")\n"
      }
    } else {
      text = "mean,standard_deviation,epistemic,aleatoric,lower,upper\n"
      for row in predictive.mixture.rows {
        let (lower, upper) = row.interval(interval)
        text += "\(row.mean),\(row.standardDeviation),\(row.epistemicVariance.squareRoot()),"
        text += "\(row.aleatoricVariance.squareRoot()),\(lower),\(upper)\n"
      }
    }
    csv = text
  }
}
