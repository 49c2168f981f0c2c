//  RankOneFactors.swift — where the factors of the members of a `BatchEnsemble` lie, and what they make of θ.
//
//  Notation   Wₘ = W ∘ sₘ rₘᵀ     W [O, I, …]     rₘ [I]     sₘ [O]                                                   (1)

import Arrays
package import Networks
import Probability
package import Programs

/// θ, and behind it the factors: for each weight r of every member, then s of every member.
package struct RankOneFactors: Sendable {
  let model: BayesianModel
  let members: Int
  /// The length of the whole vector.
  package let count: Int
  /// For each slice of θ that is a weight, where its factors begin, counted from the end of θ.
  private let starts: [String: Int]

  package init(_ model: BayesianModel, members: Int) {
    self.model = model
    self.members = members
    var end = 0
    var starts: [String: Int] = [:]
    for slice in model.layout.slices where slice.role == .weight && slice.shape.rank >= 2 {
      starts[slice.name] = end
      end += members * (slice.shape[0] + slice.shape[1])
    }
    self.starts = starts
    count = model.parameterCount + end
  }

  /// The weights that have factors.
  package var names: Set<String> { Set(starts.keys) }

  /// Where r and s of a member lie among the factors.
  private func ranges(_ slice: ParameterSlice, _ start: Int, _ member: Int) -> (r: Range<Int>, s: Range<Int>) {
    let (outputs, inputs) = (slice.shape[0], slice.shape[1])
    let (r, s) = (start + member * inputs, start + members * inputs + member * outputs)
    return (r..<r + inputs, s..<s + outputs)
  }

  /// θₘ by (1). Shape [count] → [P].
  package func parameters(of member: Int, in vector: Tensor) -> Tensor {
    let factors = factors(of: vector)
    let parts = model.layout.slices.map { slice in
      let weight = vector.slice(axis: 0, slice.range)
      guard starts[slice.name] != nil else { return weight }
      return multiplied(weight.reshaped(slice.shape), slice, by: factors, of: member).reshaped([slice.shape.count])
    }
    return concatenate(parts, axis: 0)
  }

  /// Wₘ by (1). Precondition: the slice has factors.
  func multiplied(_ weight: Tensor, _ slice: ParameterSlice, by factors: Tensor, of member: Int) -> Tensor {
    let (rows, columns) = stacked(factors, of: slice)
    let rest = [Int](repeating: 1, count: slice.shape.rank - 2)
    let row = rows.slice(axis: 0, member..<member + 1).reshaped(Shape([1, slice.shape[1]] + rest))
    let column = columns.slice(axis: 0, member..<member + 1).reshaped(Shape([slice.shape[0], 1] + rest))
    return weight * row * column
  }

  /// r and s of all members, shapes [M, I] and [M, O]. Precondition: the slice has factors.
  func stacked(_ factors: Tensor, of slice: ParameterSlice) -> (rows: Tensor, columns: Tensor) {
    guard let start = starts[slice.name] else { preconditionFailure("\(slice.name) has no factors") }
    let (first, last) = (ranges(slice, start, 0), ranges(slice, start, members - 1))
    func all(_ range: Range<Int>) -> Tensor {
      factors.slice(axis: 0, range).reshaped([members, range.count / members])
    }
    return (all(first.r.lowerBound..<last.r.upperBound), all(first.s.lowerBound..<last.s.upperBound))
  }

  /// All factors: what is cut from it leaves θ alone, so that gradients are not added up over all of the vector.
  func factors(of vector: Tensor) -> Tensor { vector.slice(axis: 0, model.parameterCount..<count) }

  /// θ, without the factors. Shape [count] → [P].
  func shared(of vector: Tensor) -> Tensor { vector.slice(axis: 0, 0..<model.parameterCount) }

  /// r and s of rows, the first `counts[0]` of them of the first member, and so on. Shape of the vector: [count].
  package func rows(_ counts: [Int], in vector: Tensor) -> RankOneMembers {
    let factors = factors(of: vector)
    func stacked(_ ranges: [Range<Int>]) -> Tensor {
      concatenate(
        zip(ranges, counts).map { range, count in
          factors.slice(axis: 0, range).reshaped([1, range.count]).broadcast(to: [count, range.count])
        }, axis: 0)
    }
    return RankOneMembers { name in
      guard let start = starts[name], let slice = model.layout[name] else { return nil }
      let ranges = (0..<members).map { self.ranges(slice, start, $0) }
      return (stacked(ranges.map(\.r)), stacked(ranges.map(\.s)))
    }
  }

  /// All θₘ. Shape [M, P].
  func draws(of vector: [Float]) -> DenseArray<Float> {
    let program = Program(inputs: [[count]]) { t in
      [concatenate((0..<members).map { parameters(of: $0, in: t[0]) }, axis: 0)]
    }
    return program.run([DenseArray(vector)])[0].reshaped([members, model.parameterCount])
  }
}
