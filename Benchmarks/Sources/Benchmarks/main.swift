//  main.swift — `swift run -c release --package-path Benchmarks Benchmarks [--threads N] [workload …]`
//
//  Prints one JSON object a line: workload, median and minimum in milliseconds, repeats, threads.

import Credence
import Foundation

var arguments = Array(CommandLine.arguments.dropFirst())
var threads = ProcessInfo.processInfo.activeProcessorCount
if let place = arguments.firstIndex(of: "--threads"), place + 1 < arguments.count {
  threads = Int(arguments[place + 1]) ?? threads
  arguments.removeSubrange(place...place + 1)
}
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
  ("vi_step_flipout", variationalStep(.flipout)),
  ("nuts_bnn", { NoUTurnWorkload.network.measure("nuts_bnn", threads: $0) }),
  ("nuts_logistic", { NoUTurnWorkload.logistic.measure("nuts_logistic", threads: $0) }),
  ("nuts_eight_schools", { NoUTurnWorkload.schools.measure("nuts_eight_schools", threads: $0) }),
]
let names = workloads.map(\.name) + fits.map(\.name)
if arguments == ["--list"] {
  for name in names { print(name) }
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
