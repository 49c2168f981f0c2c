//  CredenceCommand.swift — the command and its subcommands.

import ArgumentParser
import Credence

struct CredenceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "credence",
    abstract: "Predictions that know what they don't know: Bayesian neural networks for tables and images.",
    discussion: """
      EXAMPLE
        credence fit Data/diabetes.csv --target y --out diabetes.credence
        credence predict diabetes.credence new.csv --interval 0.9 --out forecast.csv
        credence evaluate diabetes.credence held-out.csv
        credence compare Data/diabetes.csv --target y --methods all
      """,
    version: LibraryVersion.current,
    subcommands: [
      FitCommand.self, PredictCommand.self, EvaluateCommand.self, InspectCommand.self, MethodsCommand.self,
      CompareCommand.self, FidelityCommand.self, LinearCommand.self, DiagnoseCommand.self, BenchmarkCommand.self,
      TrialCommand.self,
    ])
}
