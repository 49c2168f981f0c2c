//  MixturePosterior+Storage.swift — a mixture as the arrays of its components, each under its number: "0.mean", "1.mean", …

import Arrays
public import Networks

extension MixturePosterior: StorablePosterior where Component: StorablePosterior {
  public static var kind: String { "mixture-\(Component.kind)" }

  public var forwardPasses: Int { predictsWithoutDraws ? components.reduce(0) { $0 + $1.forwardPasses } : draws }

  public var contents: PosteriorContents {
    var contents = PosteriorContents(
      arrays: [:], numbers: ["components": Double(components.count), "draws": Double(draws)])
    contents.setSeed(seed)
    for (number, component) in components.enumerated() {
      let own = component.contents
      for (name, array) in own.arrays { contents.arrays["\(number).\(name)"] = array }
      for (name, value) in own.numbers { contents.numbers["\(number).\(name)"] = value }
    }
    return contents
  }

  public init(model: BayesianModel, contents: PosteriorContents) throws(PosteriorFault) {
    let count = try contents.integer("components", in: 1...10_000)
    let draws = try contents.integer("draws", in: count...max(count, 10_000))
    var own = [PosteriorContents](repeating: PosteriorContents(arrays: [:]), count: count)
    /// The component that a name belongs to, and its name there.
    func place(_ name: String) throws(PosteriorFault) -> (Int, String) {
      let parts = name.split(separator: ".", maxSplits: 1)
      guard parts.count == 2, let number = Int(parts[0]), 0..<count ~= number, "\(number)" == parts[0] else {
        throw PosteriorFault("the array '\(name)' belongs to none of its \(count) components")
      }
      return (number, String(parts[1]))
    }
    for (name, array) in contents.arrays {
      let (number, inner) = try place(name)
      own[number].arrays[inner] = array
    }
    let mine = PosteriorContents.seedNames.union(["components", "draws"])
    for (name, value) in contents.numbers where !mine.contains(name) {
      let (number, inner) = try place(name)
      own[number].numbers[inner] = value
    }
    var components: [Component] = []
    for contents in own { components.append(try Component(model: model, contents: contents)) }
    self.init(components: components, draws: draws, seed: try contents.seed())
  }
}
