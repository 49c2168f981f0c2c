import Arrays
import Programs
import Testing

@Suite struct MovementTests {
  let x = sample([2, 3, 4])

  @Test func transposesSlicesAndBroadcastsMatchIndexing() {
    let result = Program(inputs: [x.shape]) { t in
      [
        t[0].transposed([2, 0, 1]), t[0].slice(axis: 2, 1..<4, stride: 2),
        t[0].slice(axis: 1, 1..<2).broadcast(to: [5, 2, 3, 4]),
        t[0].transposed([2, 0, 1]).reshaped([8, 3]) * 2,
      ]
    }.run([x])
    for i in 0..<2 {
      for j in 0..<3 {
        for k in 0..<4 {
          #expect(result[0][k, i, j] == x[i, j, k])
          #expect(result[3][k * 2 + i, j] == 2 * x[i, j, k])
          #expect(result[2][3, i, j, k] == x[i, 1, k])
        }
        #expect(result[1][i, j, 0] == x[i, j, 1])
        #expect(result[1][i, j, 1] == x[i, j, 3])
      }
    }
  }

  @Test func movementsHaveTheirDerivatives() {
    let y = sample([2, 5, 4], seed: 3)
    expectGradient(at: [x]) { sin($0[0].transposed([1, 2, 0])).slice(axis: 0, 1..<3) }
    expectGradient(at: [x]) { sin($0[0].padded(before: [1, 0, 2], after: [0, 1, 0])).squared }
    expectGradient(at: [x, y]) { sin(concatenate([$0[0], $0[1]], axis: 1) * 2) }
    let rows = Tensor.constant(DenseArray([1.0, 0, 1, 1]))
    expectGradient(at: [x]) { sin($0[0].gatherRows(at: rows)) }
    expectGradient(at: [sample([4, 3])]) { sin($0[0].scatterAddRows(at: rows, rows: 5)) }
  }

  @Test func concatenationPutsPartsInOrder() {
    let y = sample([2, 1, 4], seed: 5)
    let result = Program(inputs: [x.shape, y.shape]) { t in
      [
        concatenate([t[0] + 1, t[1], t[0]], axis: 1),
        concatenate([(t[0] + 1).reshaped([24]), .constant(7, shape: [3]), t[1].reshaped([8])], axis: 0),
      ]
    }.run([x, y])
    #expect(result[0][1, 2, 3] == x[1, 2, 3] + 1)
    #expect(result[0][1, 3, 2] == y[1, 0, 2])
    #expect(result[0][0, 5, 1] == x[0, 1, 1])
    #expect(result[1].elements == x.elements.map { $0 + 1 } + [7, 7, 7] + y.elements)
  }

  @Test func columnsOfConstantsAreWritten() {
    let x = sample([3, 2], seed: 6)
    let result = Program(inputs: [x.shape]) { t in
      let (ones, twos) = (Tensor.constant(1, shape: [3, 1]), Tensor.constant(2, shape: [3, 1]))
      let design = concatenate([tanh(t[0]), ones], axis: 1)
      return [
        design, concatenate([ones, t[0], twos], axis: 1),
        concatenate([t[0].reshaped([6]), .constant(3, shape: [2])], axis: 0),
        matmul(design, design, transposeLeft: true),
      ]
    }.run([x])
    for row in 0..<3 {
      #expect(result[0][row, 2] == 1 && result[1][row, 0] == 1 && result[1][row, 3] == 2)
      #expect(result[1][row, 1] == x[row, 0] && result[1][row, 2] == x[row, 1])
    }
    #expect(result[2].elements == x.elements + [3, 3] && result[3][2, 2] == 3)
  }

  @Test func gradientOfSlicesIsWrittenInPlace() {
    let plan = Plan(
      Program(inputs: [[12], [3, 2]]) { t in
        let (w, b) = (t[0].slice(axis: 0, 0..<8).reshaped([4, 2]), t[0].slice(axis: 0, 8..<12))
        return [gradient(of: linear(t[1], weight: w, bias: b).squared.sum(), withRespectTo: t[0])]
      })
    #expect(!plan.description.contains("copy"), "the parts of the gradient are written where they belong")
    expectGradient(at: [sample([12]), sample([3, 2], seed: 9)]) { t in
      linear(t[1], weight: t[0].slice(axis: 0, 0..<8).reshaped([4, 2]), bias: t[0].slice(axis: 0, 8..<12)).squared
    }
  }

  @Test func overlappingSlicesAddUp() {
    expectGradient(at: [sample([9])]) { t in
      sin(t[0].slice(axis: 0, 0..<5) * t[0].slice(axis: 0, 2..<7)) + t[0].slice(axis: 0, 4..<9).squared
    }
  }

  @Test func anIndexOutsideOfTheTableGivesNaN() {
    let table = sample([3, 2])
    let result = Program(inputs: [[3, 2], [3]]) { [$0[0].gatherRows(at: $0[1])] }.run([
      table, DenseArray([2.0, 3, -1]),
    ])[0]
    #expect(Array(result.elements[..<2]) == Array(table.elements[4...]))
    #expect(result.elements[2...].allSatisfy { $0.isNaN })
  }

  @Test func whatDoesNotFitTrapsAndNamesBothShapes() async {
    await #expect(processExitsWith: .failure) {
      _ = Tensor.input(0, shape: [2, 3]) + Tensor.input(1, shape: [2, 4])
    }
  }
}
