//  PublishedPosterior+Regressions.swift — those models of posteriordb whose mean is a sum of known columns.
//
//  `mesquite` has weights of bushes, and of each the diameters, heights, density and group; `kilpisjarvi` summer temperatures by year; `dogs`
//  who of 30 was shocked in which of 25 trials.

import Arrays
import Foundation
import Probability
import Programs

extension PublishedPosterior {
  private static func design(_ columns: [[Double]]) -> Tensor {
    Tensor([[Double](repeating: 1, count: columns[0].count)] + columns).transposed
  }

  static func mesquite(_ name: String, _ weights: [Double], _ columns: [[Double]], _ figures: Figures)
    -> PublishedPosterior
  {
    let logs = columns.map { $0.map { log($0) } }
    let areas = zip(logs[0], logs[1]).map { $0 + $1 }
    let volumes = zip(areas, logs[2]).map { $0 + $1 }
    let shapes = zip(logs[0], logs[1]).map { $0 - $1 }
    let chosen: [[Double]] =
      switch name {
      case "mesquite": columns
      case "logmesquite": Array(logs[0..<5]) + [columns[5]]
      case "logmesquite_logvolume": [volumes]
      default: [volumes, areas, shapes, logs[3], columns[5]]
      }
    let y = name == "mesquite" ? weights : weights.map { log($0) }
    let x = design(chosen)
    return PublishedPosterior(
      [Parameter("beta", shape: [chosen.count + 1]), Parameter("sigma", .positive)], figures
    ) { p in
      y.logDensity(.normal(dot(x, p["beta"]), p["sigma"]))
    }
  }

  static func trend(_ years: [Double], _ temperatures: [Double], _ figures: Figures) -> PublishedPosterior {
    PublishedPosterior([Parameter("alpha"), Parameter("beta"), Parameter("sigma", .positive)], figures) { p in
      var density = p["alpha"].logDensity(.normal(9.31290322580645, 100))
      density += p["beta"].logDensity(.normal(0, 0.0333333333333333))
      density += temperatures.logDensity(.normal(p["alpha"] + p["beta"] * Tensor(years), p["sigma"]))
      return density
    }
  }

  static func autoregression(_ y: [Double], order: Int, _ figures: Figures) -> PublishedPosterior {
    let parameters = [Parameter("alpha"), Parameter("beta", shape: [order]), Parameter("sigma", .positive)]
    let past = Tensor((1...order).map { lag in Array(y[(order - lag)..<(y.count - lag)]) }).transposed
    return PublishedPosterior(parameters, figures) { p in
      var density = p["alpha"].logDensity(.normal(0, 10)) + p["beta"].logDensity(.normal(0, 10))
      density += p["sigma"].logDensity(.halfCauchy(2.5))
      density += Array(y[order...]).logDensity(.normal(p["alpha"] + dot(past, p["beta"]), p["sigma"]))
      return density
    }
  }

  /// How often each dog avoided the shock before each trial, and how often it did not. Shapes [dogs, trials].
  private static func history(_ shocked: [[Double]]) -> (avoided: Tensor, shocked: Tensor) {
    let shocks = Tensor(shocked)
    return ((1 - shocks).cumulativeSum(exclusive: true), shocks.cumulativeSum(exclusive: true))
  }

  static func avoidance(_ shocked: [[Double]], _ figures: Figures) -> PublishedPosterior {
    let before = history(shocked)
    return PublishedPosterior([Parameter("beta", shape: [3])], figures) { p in
      let beta = p["beta"]
      let logits = beta[0] + beta[1] * before.avoided + beta[2] * before.shocked
      return beta.logDensity(.normal(0, 100)) + shocked.logDensity(.bernoulli(logits: logits))
    }
  }

  static func avoidanceByProducts(_ shocked: [[Double]], _ figures: Figures) -> PublishedPosterior {
    let before = history(shocked)
    let parameters = [Parameter("a", .between(0, 1)), Parameter("b", .between(0, 1))]
    return PublishedPosterior(parameters, figures) { p in
      shocked.logDensity(.bernoulli(pow(p["a"], before.shocked) * pow(p["b"], before.avoided)))
    }
  }
}
