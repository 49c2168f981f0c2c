//  ModelDiagnosis.swift — a fitted model of Markov chains, diagnosed by what it predicts.

import Credence

struct ModelDiagnosis: Report {
  let convergence: PredictionConvergence
  let text: String

  var markdown: String { text }
  var json: String { get throws { try JSONText.object(convergence) } }
  var csv: String { get throws { try RecordTable.csv([convergence], first: []) } }

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
      (convergence, text) = (note.convergence, note.text + "\n")
    } else if let draws = model.posterior as? DrawsPosterior, draws.chainCount != nil,
      let note = MinibatchChainNote(draws, rows: try reader.inputs(.table(path: rows)).numbers, threads: threads)
    {
      (convergence, text) = (note.convergence, note.text + "\n")
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
