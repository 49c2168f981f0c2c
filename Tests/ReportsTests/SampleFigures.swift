//  SampleFigures.swift — one of each ready figure. With CREDENCE_FIGURES set to a folder, they are written there to be looked at.

import Foundation
import Reports
import Testing

enum SampleFigures {
  static let all = [regression, reliability, coverage, dots, extreme]

  /// A cubic seen between -4 and 4: the function is unsure where there is no data.
  static let regression: Figure = {
    let inputs = (0...200).map { -6 + 12 * Double($0) / 200 }
    let predictions = inputs.map { x in
      let mean = x * x * x
      let deviation = 2 + 1.5 * pow(max(abs(x) - 3.5, 0), 3.2) + abs(x)
      let total = (deviation * deviation + 81).squareRoot()
      return RegressionBand.Prediction(
        input: x, mean: mean, epistemic: mean - 1.64 * deviation...mean + 1.64 * deviation,
        total: mean - 1.64 * total...mean + 1.64 * total)
    }
    let observations = (0..<40).map { i in
      let x = -4 + 8 * Double(i) / 39
      return Point(x: x, y: x * x * x + 9 * sin(37 * Double(i) + 1.3 * Double(i * i)))
    }
    return RegressionBand(predictions: predictions, observations: observations).figure(
      title: "A deep ensemble on 40 noisy points of a cubic",
      subtitle: "Between the data the noise rules; outside, what the network does not know",
      level: "90 %", input: "input x", target: "target y")
  }()

  static let reliability: Figure = {
    let shares: [(Double, Double)] = [
      (0.254, 1), (0.379, 1), (0.432, 0.333), (0.497, 0.417), (0.573, 0.429), (0.638, 0.571), (0.706, 0.667),
      (0.758, 0.8), (0.829, 0.652), (0.897, 0.7), (0.974, 0.714),
    ]
    let bins = shares.map { confidence, accuracy in
      let bin = (confidence * 15).rounded(.up)
      return ReliabilityFigure.Bin(
        lower: (bin - 1) / 15, upper: bin / 15, confidence: confidence, accuracy: accuracy)
    }
    return ReliabilityFigure(bins: bins).figure(
      title: "Reliability on held-out rows", subtitle: "150 rows, expected calibration error 0.134")
  }()

  static let coverage: Figure = {
    let levels = (1...19).map { Double($0) / 20 }
    return CoverageFigure(curves: [
      .init(name: "maximum a posteriori", points: levels.map { Point(x: $0, y: pow($0, 1.7)) }),
      .init(name: "deep ensemble of 5", points: levels.map { Point(x: $0, y: pow($0, 1.08)) }),
      .init(name: "Laplace, Kronecker-factored", points: levels.map { Point(x: $0, y: pow($0, 0.9)) }),
    ]).figure(title: "Coverage of central intervals", subtitle: "concrete, 103 held-out rows")
  }()

  static let dots = DotPlot(
    names: ["laplace", "a method with a long name", "swag"],
    series: [
      DotPlot.Series(name: "inside", values: [0.9, 1.3, .nan]),
      DotPlot.Series(name: "outside", values: [0.4, 0.7, 0.1]),
    ], reference: DotPlot.Reference(name: "Markov chains", value: 1)
  ).figure(title: "Named rows", subtitle: "one value is missing", quantity: Axis("ratio"))

  /// Great numbers, long labels, one point.
  static let extreme = Figure(
    title: "Great numbers", horizontal: Axis("parameters", range: 0...25_000_000),
    vertical: Axis("time per step in microseconds", range: -12_345...98_765),
    marks: [
      Mark(.scatter([Point(x: 1e7, y: 5e4)], radius: 5), colour: .purple, label: "a label that is rather long, "),
      Mark(.line([Point(x: 0, y: 0), Point(x: 3e7, y: 2e5)]), colour: .green, label: "another one that needs a row"),
      Mark(.bars([Bar(from: 1.5e7, to: 2e7, upper: 3e4)]), colour: .orange, label: "and a third one to go with it"),
    ])

  @Test(.enabled(if: folder != nil, "CREDENCE_FIGURES names no folder to write to")) static func areWritten() throws {
    for (index, figure) in all.enumerated() {
      let file = URL(filePath: try #require(folder)).appending(path: "\(index).svg")
      try figure.svg.write(to: file, atomically: true, encoding: .utf8)
      #expect(try String(contentsOf: file, encoding: .utf8) == figure.svg)
    }
  }

  private static let folder = ProcessInfo.processInfo.environment["CREDENCE_FIGURES"]
}
