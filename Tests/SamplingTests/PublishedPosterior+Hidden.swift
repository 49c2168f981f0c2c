//  PublishedPosterior+Hidden.swift — those models of posteriordb with something that is summed over or solved: states, presence, concentrations.

import Arrays
import Foundation
import Probability
import Programs

extension PublishedPosterior {
  static func hiddenStates(_ y: [Double], _ figures: Figures) -> PublishedPosterior {
    let parameters = [
      Parameter("theta1", .simplex, shape: [2]), Parameter("theta2", .simplex, shape: [2]),
      Parameter("mu", .positiveOrdered, shape: [2]),
    ]
    return PublishedPosterior(parameters, figures) { p in
      let mu = p["mu"]
      let transitions = stack([p["theta1"], p["theta2"]])
      let emissions: [Distribution] = [.normal(mu[0], 1), .normal(mu[1], 1)]
      var density = mu.logDensity(.normal([3, 10], 1))
      density += y.logDensity(.hiddenMarkov(initial: [1, 1], transitions: transitions, emissions: emissions))
      return density
    }
  }

  /// Animals of a population to which some were added that may not exist, by how often of three times each was caught.
  static func captures(_ caught: [Double], _ figures: Figures) -> PublishedPosterior {
    let isNever = Tensor(caught) .== 0
    return PublishedPosterior([Parameter("omega", .between(0, 1)), Parameter("p", .between(0, 1))], figures) { p in
      let there = log(p["omega"]) + Tensor(caught) * log(p["p"]) + (3 - Tensor(caught)) * log1p(-p["p"])
      return logAddExp(there, select(isNever, log1p(-p["omega"]), .constant(-.infinity))).sum()
    }
  }

  /// A dose of 30 that is absorbed into a volume of 2, and eliminated at a rate that saturates.
  static func elimination(_ times: [Double], _ measured: [Double], _ figures: Figures) -> PublishedPosterior {
    let parameters = ["k_a", "K_m", "V_m", "sigma"].map { Parameter($0, .positive) }
    return PublishedPosterior(parameters, figures) { p in
      let (absorption, half, greatest) = (p["k_a"], p["K_m"], p["V_m"])
      let concentrations = solution(from: [.constant(0)], start: 0, times: times, steps: 4) { time, y in
        [15 * absorption * exp(-time * absorption) - 0.5 * greatest * y[0] / (half + y[0])]
      }
      var density = p["sigma"].logDensity(.halfCauchy(1))
      for rate in [absorption, half, greatest] { density += rate.logDensity(.halfCauchy(1)) }
      density += measured.logDensity(.logNormal(log(concentrations[0]), p["sigma"]))
      return density
    }
  }

  /// Mean and log scale that both vary in time, each a Gaussian process by its first eigenfunctions on an interval of half length 1.5.
  static func accelerations(_ times: [Double], _ measured: [Double], _ figures: Figures) -> PublishedPosterior {
    let middle = times.reduce(0, +) / Double(times.count)
    let length = (times.max() ?? 0) - (times.min() ?? 0)
    let frequencies = (1...40).map { Double($0) * .pi / 3 }
    let functions = times.map { time in
      frequencies.map { (1 / 1.5).squareRoot() * sin($0 * ((time - middle) / length + 1.5)) }
    }
    let parameters = [
      Parameter("Intercept"), Parameter("sdgp_1", .positive), Parameter("lscale_1", .positive),
      Parameter("zgp_1", shape: [40]), Parameter("Intercept_sigma"), Parameter("sdgp_sigma_1", .positive),
      Parameter("lscale_sigma_1", .positive), Parameter("zgp_sigma_1", shape: [20]),
    ]
    return PublishedPosterior(parameters, figures) { p in
      /// Eigenfunctions times √S(ω) z, S the spectral density of a squared exponential kernel.
      func process(_ name: String, _ count: Int) -> Tensor {
        let scale = p["lscale_\(name)"]
        let waves = Tensor(Array(frequencies[..<count]))
        let roots =
          p["sdgp_\(name)"] * sqrt((2 * Double.pi).squareRoot() * scale) * exp(-0.25 * (scale * waves).squared)
        return dot(functions.map { Array($0[..<count]) }, roots * p["zgp_\(name)"])
      }
      var density =
        p["Intercept"].logDensity(.studentT(3, -13, 36)) + p["Intercept_sigma"].logDensity(.studentT(3, 0, 10))
      for name in ["1", "sigma_1"] {
        density += p["sdgp_\(name)"].logDensity(.halfStudentT(3, 36)) + p["zgp_\(name)"].logDensity(.normal(0, 1))
        density += p["lscale_\(name)"].logDensity(.inverseGamma(shape: 1.124909, scale: 0.0177))
      }
      let mean = p["Intercept"] + process("1", 40)
      density += measured.logDensity(.normal(mean, exp(p["Intercept_sigma"] + process("sigma_1", 20))))
      return density
    }
  }
}
