//  RowBlocksTests.swift — chains of steps over rows that run block by block, against the same sums over pieces of the data.
//
//  The pieces have too few rows for blocks, so they are computed step after step.

import Arrays
import Foundation
import Programs
import Testing

/// A sum over rows of data and its gradient. Shapes: θ [P], x [N, 5], y [N].
private struct RowSum: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let parameterCount: Int
  /// Whether the chain's values lie transposed.
  let isTransposed: Bool
  let value: @Sendable (Tensor, Tensor, Tensor) -> Tensor

  func program(rows: Int) -> Program {
    Program(inputs: [[parameterCount], [rows, 5], [rows]]) { t in
      let value = value(t[0], t[1], t[2])
      return [value, gradient(of: value, withRespectTo: t[0])]
    }
  }

  static let all: [RowSum] = [
    RowSum(testDescription: "one output", parameterCount: 7 * 5 + 7 + 7 + 1, isTransposed: true) { θ, x, y in
      let parts = Parts(θ)
      let hidden = tanh(linear(x, weight: parts[[7, 5]], bias: parts[[7]]))
      let outputs = linear(hidden, weight: parts[[1, 7]], bias: parts[[1]]).reshaped(y.shape)
      return (outputs - y).squared.sum() * 3 - y.sum() * 0.1
    },
    RowSum(
      testDescription: "two hidden layers and two outputs", parameterCount: 20 * 5 + 20 + 9 * 20 + 9 + 18 + 2,
      isTransposed: true
    ) { θ, x, y in
      let parts = Parts(θ)
      let first = relu(linear(x, weight: parts[[20, 5]], bias: parts[[20]]))
      let second = tanh(linear(first, weight: parts[[9, 20]], bias: parts[[9]]))
      let outputs = linear(second, weight: parts[[2, 9]], bias: parts[[2]])
      let (mean, logScale) = (outputs.slice(axis: 1, 0..<1), outputs.slice(axis: 1, 1..<2))
      let error = (mean.reshaped(y.shape) - y) * exp(-logScale.reshaped(y.shape))
      return (error.squared * 0.5 + logScale.reshaped(y.shape)).sum()
    },
    RowSum(testDescription: "classes", parameterCount: 30 * 5 + 30 + 3 * 30 + 3, isTransposed: false) { θ, x, y in
      let parts = Parts(θ)
      let hidden = sigmoid(linear(x, weight: parts[[30, 5]], bias: parts[[30]]))
      let logits = linear(hidden, weight: parts[[3, 30]], bias: parts[[3]])
      return softmaxCrossEntropy(logits: logits, labels: (y .< 0) * 2).sum()
    },
  ]

  static let logistic = RowSum(testDescription: "no hidden layer", parameterCount: 5, isTransposed: true) { θ, x, y in
    let logits = matmul(x, θ.reshaped([5, 1])).reshaped(y.shape)
    return (y * logits - softplus(logits)).sum()
  }

  /// Hands out slices of θ in order.
  private final class Parts {
    private let parameters: Tensor
    private var start = 0

    init(_ parameters: Tensor) { self.parameters = parameters }

    subscript(shape: Shape) -> Tensor {
      defer { start += shape.count }
      return parameters.slice(axis: 0, start..<start + shape.count).reshaped(shape)
    }
  }
}

@Suite struct RowBlocksTests {
  private static let (x, y) = (sample([1000, 5], seed: 2), sample([1000], seed: 3))

  private func parameters(_ sum: RowSum) -> DenseArray<Double> { sample([sum.parameterCount], seed: 4) }

  @Test(arguments: RowSum.all, [100, 455, 1000])
  fileprivate func blocksGiveTheSumOverPieces(sum: RowSum, rows: Int) {
    let plan = Plan(sum.program(rows: rows))
    #expect(plan.description.contains(" blocks of "), "\(plan)")
    let θ = parameters(sum)
    let whole = Executor<Double>(plan).run([θ, Self.x.rows(0..<rows), Self.y.rows(0..<rows)])
    var (value, gradient) = (0.0, [Double](repeating: 0, count: θ.count))
    for start in stride(from: 0, to: rows, by: 50) {
      let piece = start..<min(start + 50, rows)
      let part = sum.program(rows: piece.count).run([θ, Self.x.rows(piece), Self.y.rows(piece)])
      value += part[0].elements[0]
      for (index, element) in part[1].elements.enumerated() { gradient[index] += element }
    }
    #expect(abs(whole[0].elements[0] - value) < 1e-12 * abs(value) * 10)
    let scale = gradient.map(abs).max() ?? 1
    #expect(zip(whole[1].elements, gradient).allSatisfy { abs($0 - $1) < 1e-13 * scale * 10 })
  }

  @Test(arguments: RowSum.all + [RowSum.logistic], [100, 455, 1000])
  fileprivate func constantDataGiveTheSumOfDataThatAreInputs(sum: RowSum, rows: Int) {
    let (x, y) = (Self.x.rows(0..<rows), Self.y.rows(0..<rows))
    let constant = Program(inputs: [[sum.parameterCount]]) { t in
      let value = sum.value(t[0], .constant(x), .constant(y))
      return [value, gradient(of: value, withRespectTo: t[0])]
    }
    #expect(Plan(constant).description.contains(" blocks of "))
    let θ = parameters(sum)
    let (kept, given) = (constant.run([θ]), sum.program(rows: rows).run([θ, x, y]))
    for (a, b) in zip(kept, given) {
      let scale = b.elements.map(abs).max() ?? 1
      #expect(zip(a.elements, b.elements).allSatisfy { abs($0 - $1) < 1e-12 * scale })
    }
  }

  /// Weights and biases of a layer of seven units, and of one above it, whose gradient over the rows of x is asked for.
  private static func layers(_ t: Tensor, _ x: Tensor) -> [Tensor] {
    let width = x.shape[1]
    let weight = t.slice(axis: 0, 0..<7 * width).reshaped([7, width])
    let bias = t.slice(axis: 0, 7 * width..<7 * width + 7)
    let above = t.slice(axis: 0, 7 * width + 7..<7 * width + 14).reshaped([1, 7])
    let outputs = linear(tanh(linear(x, weight: weight, bias: bias)), weight: above, bias: .constant(0.5, shape: [1]))
    return [gradient(of: (outputs.squared * 0.5 + outputs).sum(), withRespectTo: t)]
  }

  @Test(arguments: [9, 13, 30], [100, 455, 1000])
  func theGradientOfABiasIsAColumnBesideThatOfTheWeights(width: Int, rows: Int) {
    let count = 7 * width + 14
    let (θ, x) = (sample([count], seed: 4), sample([rows, width], seed: 8))
    let constant = Plan(Program(inputs: [[count]]) { Self.layers($0[0], .constant(x)) })
    let given = Plan(Program(inputs: [[count], [rows, width]]) { Self.layers($0[0], $0[1]) })
    #expect(constant.description.contains(" \(width + 1)] → sums"), "\(constant)")
    #expect(given.description.contains(" \(width)] → sums"), "\(given)")
    let kept = Executor<Double>(constant).run([θ])[0].elements
    let expected = Executor<Double>(given).run([θ, x])[0].elements
    let scale = expected.map(abs).max() ?? 1
    #expect(zip(kept, expected).allSatisfy { abs($0 - $1) < 1e-12 * scale })
    let executor = Executor<Double>(constant, pool: WorkerPool(threads: 3))
    #expect(executor.run([θ])[0].elements == kept)
  }

  @Test(arguments: RowSum.all) fileprivate func threadsChangeNoBit(sum: RowSum) {
    let plan = Plan(sum.program(rows: 1000))
    let inputs = [parameters(sum), Self.x, Self.y].map { $0.converted(to: Float.self) }
    let alone = Executor<Float>(plan).run(inputs)
    for threads in [2, 3, 8] {
      let executor = Executor<Float>(plan, pool: WorkerPool(threads: threads))
      for _ in 0..<3 { #expect(executor.run(inputs) == alone, "\(threads) threads") }
    }
  }

  @Test func noiseIsTheSameInBlocksAsWithout() {
    let shape: Shape = [400, 6]
    func value(_ t: [Tensor], noise: Tensor) -> Tensor {
      let hidden = tanh(linear(t[1], weight: t[0], bias: Tensor.constant(0.1, shape: [6])))
      return [matmul(hidden * noise, t[2])].map { $0.squared.sum() }[0]
    }
    let inputs: [Shape] = [[6, 5], [400, 5], [6, 2]]
    let key = RandomKey(seed: 3, stream: 1, step: 8)
    let drawn = Program(inputs: inputs) { t in
      gradient(of: value(t, noise: .random(.normal, shape: shape, site: 7)), withRespectTo: [t[0], t[2]])
    }
    #expect(Plan(drawn).description.contains(" blocks of "))
    let noise: DenseArray<Double> = Program(inputs: []) { _ in [.random(.normal, shape: shape, site: 7)] }
      .run([], key: key)[0]
    let given = Program(inputs: inputs + [shape]) { t in
      gradient(of: value(t, noise: t[3]), withRespectTo: [t[0], t[2]])
    }
    let arrays = [sample([6, 5]), Self.x.rows(0..<400), sample([6, 2], seed: 9)]
    let (first, second) = (drawn.run(arrays, key: key), given.run(arrays + [noise]))
    for (a, b) in zip(first, second) {
      #expect(zip(a.elements, b.elements).allSatisfy { abs($0 - $1) < 1e-11 })
    }
  }

  @Test func valuesThatOthersReadAreWritten() {
    let program = Program(inputs: [[4, 5], [300, 5], [1, 4]]) { t in
      let hidden = tanh(linear(t[1], weight: t[0], bias: Tensor.constant(0, shape: [4])))
      let outputs = matmul(hidden, t[2], transposeRight: true)
      // Each row minus the mean of all rows: the chain is broken in the middle.
      let centred = outputs - outputs.mean(axes: [0], keepingAxes: true)
      return [hidden, outputs, gradient(of: centred.squared.sum(), withRespectTo: t[0])]
    }
    let arrays = [sample([4, 5]), Self.x.rows(0..<300), sample([1, 4], seed: 6)]
    let results = program.run(arrays)
    for row in [0, 150, 299] {
      let x = (0..<5).map { arrays[1][row, $0] }
      let hidden = (0..<4).map { unit in Foundation.tanh((0..<5).reduce(0) { $0 + arrays[0][unit, $1] * x[$1] }) }
      let output = zip(hidden, arrays[2].elements).reduce(0) { $0 + $1.0 * $1.1 }
      #expect((0..<4).allSatisfy { abs(results[0][row, $0] - hidden[$0]) < 1e-14 })
      #expect(abs(results[1][row, 0] - output) < 1e-14)
    }
    let value = Program(inputs: [[4, 5], [300, 5], [1, 4]]) { t in
      let outputs = matmul(tanh(matmul(t[1], t[0], transposeRight: true)), t[2], transposeRight: true)
      return [(outputs - outputs.mean(axes: [0], keepingAxes: true)).squared.sum()]
    }
    var moved = arrays
    let h = 1e-5
    func at(_ shift: Double) -> Double {
      moved[0][2, 3] = arrays[0][2, 3] + shift
      return value.run(moved)[0].elements[0]
    }
    let difference = (at(h) - at(-h)) / (2 * h)
    #expect(abs(difference - results[2][2, 3]) < 1e-7 * max(1, abs(difference)))
  }
}
