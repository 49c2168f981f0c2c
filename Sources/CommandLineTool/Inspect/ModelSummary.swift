//  ModelSummary.swift — a fitted model for people: what it is, how it came about, what it takes.

import Credence

enum ModelSummary {
  static func report(_ model: FittedModel, name: String) -> FileReport {
    FileReport(
      file: name, summary: "a model fitted by Credence \(ArraySummary.printable(model.record.libraryVersion))",
      parts: [
        FileReport.Part(name: "facts", table: facts(model)),
        FileReport.Part(name: "network", words: model.record.model.network.summary() + "\n"),
        encoding(model.encoding), FileReport.Part(name: "arrays", table: arrays(model)),
      ], record: model.record)
  }

  private static func facts(_ model: FittedModel) -> TextTable {
    let record = model.record
    var table = TextTable(columns: [TextTable.Column("fact", .left), TextTable.Column("value", .left)])
    table.append(["task", task(record.encoding)])
    table.append(["method", ArraySummary.printable(record.settings.method.name)])
    for (key, value) in record.settings.method.values { table.append(["  " + key, option(key, value, record)]) }
    table.append(["posterior", type(of: model.posterior).kind])
    if let chains = model.posterior as? MarkovChainsPosterior {
      table.append([
        "draws kept", "\(chains.drawsPerChain) of each of \(NumberFormat.count(chains.chainCount, "chain"))",
      ])
    }
    if let note = WidthNote(model.posterior) { table.append(["width", note.text]) }
    table.append(["log evidence", evidence(model)])
    if let dropout = model.posterior as? DropoutPosterior, dropout.learnsRates {
      table.append([
        "rates of dropout", dropout.rates.map { NumberFormat.fixed($0, digits: 3) }.joined(separator: ", "),
      ])
    }
    if let laplace = model.posterior as? LaplacePosterior {
      table.append(["determined by the data", NumberFormat.number(laplace.effectiveParameters) + " parameters"])
    }
    table.append(["passes for a prediction", "\(model.posterior.forwardPasses)"])
    table.append(["training rows", "\(record.rowCount)"])
    for fact in TrainingFacts(record).rows { table.append(fact) }
    table.append(["prior", "\(record.model.prior)"])
    table.append(["likelihood", "\(record.model.likelihood)"])
    table.append(["parameters", parameters(of: record.model)])
    table.append(["seed", "\(record.settings.seed)"])
    return table
  }

  private static func evidence(_ model: FittedModel) -> String {
    guard let evidence = model.posterior.logEvidence else { return "not estimated" }
    let figure = NumberFormat.number(evidence) + " nats"
    return model.record.model.likelihood.isWeighted
      ? figure + ", of rows weighted by their classes: for no comparison with other weights" : figure
  }

  /// The value of an option, and what the method made of it where that is something else.
  private static func option(_ key: String, _ value: OptionValue, _ record: FitRecord) -> String {
    let shown = ArraySummary.printable(value.description)
    guard let resolved = record.resolved?[key].map(ArraySummary.printable) else { return shown }
    return shown == "auto" ? "auto: \(resolved)" : "\(shown), of which the epochs leave \(resolved)"
  }

  private static func parameters(of model: BayesianModel) -> String {
    let (all, network) = (model.parameterCount, model.network.parameterCount)
    return all == network ? "\(all)" : "\(all): \(network) of the network, \(all - network) of the likelihood"
  }

  private static func task(_ encoding: DataEncoding) -> String {
    switch encoding {
    case .table(let table):
      switch table.target {
      case .regression(let unit):
        "regression of \(ArraySummary.printable(table.targetName)), mean \(NumberFormat.number(unit.mean)), "
          + "standard deviation \(NumberFormat.number(unit.scale))"
      case .classification(let classes):
        "classification of \(ArraySummary.printable(table.targetName)): \(list(classes))"
      }
    case .images(let images): "classification of images: \(list(images.classes))"
    }
  }

  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(10).map(ArraySummary.name).joined(separator: ", ")
    return names.count > 10 ? "\(shown) and \(names.count - 10) more" : shown
  }

  private static func encoding(_ encoding: DataEncoding) -> FileReport.Part {
    switch encoding {
    case .images(let images):
      return FileReport.Part(
        name: "columns",
        words: "Images of \(images.channels) × \(images.height) × \(images.width) bytes, scaled to 0 up to 1\n")
    case .table(let encoding):
      var table = TextTable(columns: [TextTable.Column("column", .left), TextTable.Column("encoding", .left)])
      for feature in encoding.features {
        switch feature.kind {
        case .number(let unit):
          table.append([
            ArraySummary.printable(feature.name),
            "number, mean \(NumberFormat.number(unit.mean)), standard deviation \(NumberFormat.number(unit.scale))",
          ])
        case .category(let names, _):
          table.append([ArraySummary.printable(feature.name), "one of \(names.count): \(list(names))"])
        case .constant(let value):
          table.append([ArraySummary.printable(feature.name), "left out: always \(ArraySummary.name(value))"])
        }
      }
      return FileReport.Part(name: "columns", table: table, words: "missing cells: \(encoding.missing.rawValue)\n")
    }
  }

  private static func arrays(_ model: FittedModel) -> TextTable {
    var table = TextTable(columns: [
      TextTable.Column("array", .left), TextTable.Column("shape", .left), TextTable.Column("columns", .left),
    ])
    let contents = model.posterior.contents
    for (name, array) in contents.arrays.sorted(by: { $0.key < $1.key }) {
      table.append([name, "\(array.shape)", ""])
      guard array.shape.extents.last == model.record.model.parameterCount else { continue }
      for slice in model.record.model.layout.slices {
        table.append(["  \(slice.name)", "\(slice.shape)", "\(slice.range.lowerBound) ..< \(slice.range.upperBound)"])
      }
    }
    for (name, number) in contents.numbers.sorted(by: { $0.key < $1.key }) {
      table.append([name, NumberFormat.number(number), ""])
    }
    return table
  }
}
