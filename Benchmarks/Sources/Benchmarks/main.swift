//  main.swift — `swift run -c release --package-path Benchmarks Benchmarks [--threads N] [workload …]`
//
//  Prints one JSON object a line: workload, median and minimum in milliseconds, repeats, threads. `--growth` is another
//  measurement: see `Growth`.

import Credence
import Foundation

var arguments = Array(CommandLine.arguments.dropFirst())
/// The argument behind a flag, both taken out.
func value(of flag: String, in arguments: inout [String]) -> String? {
  guard let place = arguments.firstIndex(of: flag), place + 1 < arguments.count else { return nil }
  defer { arguments.removeSubrange(place...place + 1) }
  return arguments[place + 1]
}
var threads = ProcessInfo.processInfo.activeProcessorCount
if let number = value(of: "--threads", in: &arguments).flatMap({ Int($0) }) { threads = number }
let workloads: [(name: String, make: (Int) -> () -> Void)] = [
  ("map_step", mapStep), ("ensemble_step", ensembleStep), ("lenet_step", lenetStep), ("small_map_epoch", smallMapEpoch),
  ("sgld_step", { samplerStep(.langevin, rate: 0.003, threads: $0) }),
  ("psgld_step", { samplerStep(.preconditionedLangevin(isHeld: false), rate: 5e-7, threads: $0) }),
  ("sghmc_step", { samplerStep(.hamiltonian(friction: 0.05), rate: 0.0006, threads: $0) }),
  ("swag_epoch", swagEpoch),
  ("dropout_step", dropoutStep), ("predict_30", predictThirty), ("dropout_predict_30", dropoutPredictThirty),
  ("hmc_small", { hmcSmall(chains: 1, threads: $0) }), ("hmc_small_16", { hmcSmall(chains: 16, threads: $0) }),
  ("kfac_fit", kroneckerFit), ("kfac_predict", kroneckerPredict), ("diag_fit", diagonalFit),
  ("last_layer_fit", lastLayerFit), ("last_layer_predict", lastLayerPredict),
  ("marglik_step", marginalLikelihoodStep),
]
let fits: [(name: String, measure: (Int) -> Void)] = [
  ("vi_step", variationalStep(.draw)), ("vi_step_local", variationalStep(.localReparameterisation)),
  ("vi_step_flipout", variationalStep(.flipout)), ("ivon_step", onlineNewtonStep()),
  ("nuts_bnn", { NoUTurnWorkload.network.measure("nuts_bnn", threads: $0) }),
  ("nuts_logistic", { NoUTurnWorkload.logistic.measure("nuts_logistic", threads: $0) }),
  ("nuts_eight_schools", { NoUTurnWorkload.schools.measure("nuts_eight_schools", threads: $0) }),
]
let names = workloads.map(\.name) + fits.map(\.name)
if arguments == ["--list"] {
  for name in names { print(name) }
} else if arguments.first == Growth.caseFlag, arguments.count == 3, let size = Int(arguments[2]) {
  Growth.measureCase(arguments[1], size, threads: threads)
} else if let path = value(of: "--growth-figures", in: &arguments) {
  try GrowthFigures(contentsOf: path).write(to: arguments.first ?? ".")
} else if let path = value(of: "--growth", in: &arguments) {
  try Growth.measure(
    to: path, largest: value(of: "--largest", in: &arguments).flatMap { Int($0) } ?? .max, threads: threads)
} else {
  for name in arguments where !names.contains(name) {
    FileHandle.standardError.write(Data("no workload is called \(name); --list names them\n".utf8))
    exit(2)
  }
  for workload in workloads where arguments.isEmpty || arguments.contains(workload.name) {
    measure(workload.name, threads: threads, workload.make(threads))
  }
  for fit in fits where arguments.isEmpty || arguments.contains(fit.name) { fit.measure(threads) }
}
