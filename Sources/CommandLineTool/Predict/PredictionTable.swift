//  PredictionTable.swift — predictions, one line a row. Numbers are written in full: they read back as the same bits.

import Credence

struct PredictionTable: Report {
  private enum Cell: Encodable {
    case text(String)
    case number(Double)
    /// What the method does not know.
    case unknown

    var text: String {
      switch self {
      case .text(let text): text
      case .number(let number): "\(number)"
      case .unknown: ""
      }
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .text(let text): try container.encode(text)
      case .number(let number): try container.encode(number)
      case .unknown: try container.encodeNil()
      }
    }
  }

  private let columns: [String]
  private let rows: [[Cell]]

  /// A mutual information that the method does not know is an empty cell.
  ///
  /// - Parameters:
  ///   - classes: The labels where classes are predicted.
  ///   - interval: The probability that lies between lower and upper.
  init(_ predictive: Predictive, classes: [String]?, interval: Double) {
    if let classes {
      columns = ["prediction"] + classes.map { "probability_\($0)" } + ["entropy", "mutual_information"]
      let forecast = predictive.classes
      let (places, entropies) = (forecast.predictions, forecast.predictiveEntropy)
      let (information, mean) = (forecast.mutualInformation, forecast.mean.elements)
      rows = places.indices.map { row in
        let probabilities = mean[row * classes.count..<(row + 1) * classes.count].map { Cell.number($0) }
        let known = information[row].isNaN ? Cell.unknown : .number(information[row])
        return [.text(classes[places[row]])] + probabilities + [.number(entropies[row]), known]
      }
    } else {
      columns = ["mean", "standard_deviation", "epistemic", "aleatoric", "lower", "upper"]
      rows = predictive.mixture.rows.map { row in
        let (lower, upper) = row.interval(interval)
        return [
          row.mean, row.standardDeviation, row.epistemicVariance.squareRoot(), row.aleatoricVariance.squareRoot(),
          lower,
          upper,
        ].map { .number($0) }
      }
    }
  }

  var csv: String {
    CSVText.line(columns) + rows.map { row in CSVText.line(row.map(\.text)) }.joined()
  }

  /// An object whose `predictions` are objects.
  var json: String {
    get throws {
      try JSONText.object([
        "predictions": rows.map { row in Dictionary(uniqueKeysWithValues: zip(columns, row)) }
      ])
    }
  }

  var text: String { table.text }
  var markdown: String { table.markdown }

  private var table: TextTable {
    var table = TextTable(
      columns: columns.map { TextTable.Column($0, $0 == "prediction" ? .left : .right) })
    for row in rows {
      table.append(
        row.map { cell in
          switch cell {
          case .text(let text): ArraySummary.printable(text)
          case .number(let number): NumberFormat.number(number)
          case .unknown: "–"
          }
        })
    }
    return table
  }
}
