//  SmallData.swift — a few rows to fit, of each kind.

import Arrays
import Datasets
import Experiments
import Foundation

enum SmallData {
  /// y = sin x with a ripple, 30 rows.
  static func regression() throws -> FitData {
    let x = (0..<30).map { Double($0) / 5 }
    return try FitData(
      Table(
        name: "t.csv",
        columns: [
          Column(name: "x", cells: .numbers(x)),
          Column(name: "y", cells: .numbers(x.map { sin($0) + 0.1 * cos(9 * $0) })),
        ]), target: "y", task: .regression)
  }

  /// y = sin x and noise of standard deviation 0.5, 30 rows.
  static func noisyRegression() throws -> FitData {
    var random = Philox(seed: 11, stream: 0)
    let x = (0..<30).map { Double($0) / 5 }
    let noise: [Double] = x.map { _ in (0..<12).reduce(-6) { sum, _ in sum + Double.random(in: 0..<1, using: &random) }
    }
    return try FitData(
      Table(
        name: "t.csv",
        columns: [
          Column(name: "x", cells: .numbers(x)),
          Column(name: "y", cells: .numbers(zip(x, noise).map { sin($0) + 0.5 * $1 })),
        ]), target: "y", task: .regression)
  }

  /// Two classes that overlap, 40 rows.
  static func classification() throws -> FitData {
    let rows = 0..<40
    return try FitData(
      Table(
        name: "t.csv",
        columns: [
          Column(name: "a", cells: .numbers(rows.map { Double($0) })),
          Column(name: "b", cells: .numbers(rows.map { cos(Double($0)) })),
          Column(name: "y", texts: rows.map { $0 % 7 < 3 && $0 < 25 ? "no" : "yes" }),
        ]), target: "y", task: .classification)
  }
}
