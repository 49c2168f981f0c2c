//  FusedKernel+Combination.swift — several lines that the kernels have as one.
//
//  The derivative of tanh, x (1 − y²), which every backward pass through tanh holds; and softplus with its derivative, the sigmoid, which
//  the likelihood of two classes and its gradient hold: both need exp(−|x|).

extension FusedKernel {
  /// The same kernel with patterns combined and lines that nothing reads any more left out.
  func combined() -> FusedKernel {
    var uses = [Int](repeating: 0, count: lines.count)
    for line in lines { for operand in line.operands { uses[operand] += 1 } }
    func isPrivate(_ index: Int) -> Bool { uses[index] == 1 && lines[index].store == nil }

    /// y where the line is 1 − y² and nothing else reads its parts.
    func slope(_ index: Int) -> Int? {
      guard isPrivate(index), case .binary(.subtract, let one, let square) = lines[index].operation, isPrivate(square),
        case .constant(1) = lines[one].operation, case .unary(.square, let y) = lines[square].operation
      else { return nil }
      return y
    }

    var result = self
    for index in lines.indices {
      guard case .binary(.multiply, let left, let right) = lines[index].operation else { continue }
      if let y = slope(right) {
        result.lines[index].operation = .tanhSlope(left, y)
      } else if let y = slope(left) {
        result.lines[index].operation = .tanhSlope(right, y)
      }
    }
    return result.withoutUnreadLines().withSoftplusBesideSigmoid()
  }

  /// The same kernel with softplus and sigmoid of one value as one operation.
  private func withSoftplusBesideSigmoid() -> FusedKernel {
    var result = self
    var next = 0
    while next < result.lines.count {
      defer { next += 1 }
      guard let (x, partner) = result.sigmoidBehind(next) else { continue }
      result.move(partner, to: next + 1)
      // Whichever was first: softplus is the first of the two.
      if case .unary(.sigmoid, _) = result.lines[next].operation { result.move(next + 1, to: next) }
      result.lines[next].operation = .softplusAndSigmoid(x)
      result.lines[next + 1].operation = .follows(x)
    }
    return result
  }

  /// What a line is the softplus or the sigmoid of, and the line behind it that is the other. Lines that write memory stay in their places.
  private func sigmoidBehind(_ index: Int) -> (x: Int, partner: Int)? {
    guard case .unary(let function, let x) = lines[index].operation, function == .softplus || function == .sigmoid,
      lines[index].store == nil
    else { return nil }
    let other: UnaryFunction = function == .softplus ? .sigmoid : .softplus
    let partner = lines[index...].firstIndex { line in
      if case .unary(other, x) = line.operation { return line.store == nil }
      return false
    }
    return partner.map { (x, $0) }
  }

  /// Moves a line forward.
  private mutating func move(_ index: Int, to target: Int) {
    let line = lines.remove(at: index)
    lines.insert(line, at: target)
    func place(_ operand: Int) -> Int {
      operand == index ? target : operand >= target && operand < index ? operand + 1 : operand
    }
    lines = lines.map { $0.mapOperands(place) }
  }

  private func withoutUnreadLines() -> FusedKernel {
    var isRead = lines.map { line in
      if case .reduce = line.operation { return true }
      return line.store != nil
    }
    for index in lines.indices.reversed() where isRead[index] {
      for operand in lines[index].operands { isRead[operand] = true }
    }
    var place = [Int](repeating: 0, count: lines.count)
    var kept: [Line] = []
    for index in lines.indices where isRead[index] {
      place[index] = kept.count
      kept.append(lines[index].mapOperands { place[$0] })
    }
    return FusedKernel(iteration: iteration, lines: kept)
  }
}

extension FusedKernel.Line {
  /// The same line reading other lines.
  fileprivate func mapOperands(_ place: (Int) -> Int) -> FusedKernel.Line {
    var line = self
    switch operation {
    case .unary(let function, let x): line.operation = .unary(function, place(x))
    case .binary(let function, let x, let y): line.operation = .binary(function, place(x), place(y))
    case .select(let condition, let x, let y): line.operation = .select(place(condition), place(x), place(y))
    case .tanhSlope(let x, let y): line.operation = .tanhSlope(place(x), place(y))
    case .copy(let x): line.operation = .copy(place(x))
    case .softplusAndSigmoid(let x): line.operation = .softplusAndSigmoid(place(x))
    case .follows(let x): line.operation = .follows(place(x))
    case .reduce(let reduction, let x, let into): line.operation = .reduce(reduction, place(x), into: into)
    case .direct, .load, .spread, .constant, .iota, .random: break
    }
    return line
  }
}
