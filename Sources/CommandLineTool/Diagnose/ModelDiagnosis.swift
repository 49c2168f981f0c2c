//  ModelDiagnosis.swift — a fitted model of Markov chains, diagnosed by what it predicts.

import Credence

struct ModelDiagnosis: Report {
  /// What the text tells, as figures.
  private struct Record: Encodable {
    let convergence: PredictionConvergence
    /// Of chains with trajectories; `nil` of those of minibatches.
    var chains: MarkovChainsPosterior?
    let text: String

    private enum CodingKeys: String, CodingKey {
      case divergences, saturatedTrees, leastEnergyFraction, gradientCount, text
    }

    func encode(to encoder: any Encoder) throws {
      try convergence.encode(to: encoder)
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encodeIfPresent(chains?.divergences, forKey: .divergences)
      try container.encodeIfPresent(chains?.saturatedTrees, forKey: .saturatedTrees)
      try container.encodeIfPresent(chains?.leastEnergyFraction, forKey: .leastEnergyFraction)
      try container.encodeIfPresent(chains?.gradientCount, forKey: .gradientCount)
      try container.encode(text, forKey: .text)
    }
  }

  private let record: Record

  var text: String { record.text }
  var markdown: String { text }
  var json: String { get throws { try JSONText.object(record) } }
  var csv: String { get throws { try RecordTable.csv([record], first: []) } }

  /// - Parameters:
  ///   - rows: A CSV file with the columns of the training data.
  ///   - isAlone: Whether nothing else was asked for: there is neither figure nor comparison of models.
  /// - Throws: `DatasetError`.
  init(of files: [String], rows: String, isAlone: Bool) throws {
    guard files.count == 1, isAlone else {
      throw DatasetError(
        file: rows, problem: "--data belongs to one model file alone, without --against and --figure",
        advice: "leave it out for files of draws")
    }
    let path = files[0]
    let model = try ModelArgument.model(at: path, data: rows, command: "diagnose")
    let reader = ModelInputs(model.encoding, modelName: path, separator: nil, ignoresExtra: true)
    let threads = SamplingControl.processorCount
    if let chains = model.posterior as? MarkovChainsPosterior {
      let inputs = try reader.inputs(.table(path: rows)).numbers
      let note = ChainNote(chains, rows: inputs, threads: threads)
      record = Record(convergence: note.convergence, chains: chains, text: note.text + "\n")
    } else if let draws = model.posterior as? DrawsPosterior, draws.chainCount != nil,
      let note = MinibatchChainNote(draws, rows: try reader.inputs(.table(path: rows)).numbers, threads: threads)
    {
      record = Record(convergence: note.convergence, text: note.text + "\n")
    } else {
      throw DatasetError(
        file: path, problem: "this is a model of kind \(type(of: model.posterior).kind), which has no chains",
        advice: "'credence inspect' shows what it holds")
    }
  }

  /// The error of a model in the place of draws.
  static func isNoFileOfDraws(_ path: String) -> DatasetError {
    let problem = "this is a fitted model and no file of draws"
    let posterior = (try? FittedModel(contentsOf: path))?.posterior
    guard posterior is MarkovChainsPosterior || (posterior as? DrawsPosterior)?.chainCount != nil else {
      return DatasetError(
        file: path, problem: problem + ", and it holds no Markov chains",
        advice: "give draws of chains; 'credence inspect' shows what a model holds")
    }
    return DatasetError(
      file: path, problem: problem,
      advice: "chains of a network should agree in its predictions, so name rows to predict: credence diagnose \(path) "
        + "--data rows.csv")
  }
}
