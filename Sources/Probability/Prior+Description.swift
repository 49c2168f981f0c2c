//  Prior+Description.swift — a prior in words.

extension Prior: CustomStringConvertible {
  public var description: String {
    switch self {
    case .flat: "flat"
    case .normal(let scale): "normal, standard deviation \(scale)"
    case .laplace(let scale): "Laplace, scale \(scale)"
    case .studentT(let degrees, let scale): "Student t of \(degrees) degrees of freedom, scale \(scale)"
    case .scaleMixture(let weight, let wide, let narrow):
      "mixture of two normals, standard deviations \(wide) with weight \(weight) and \(narrow)"
    case .horseshoe(let scale): "horseshoe, scale \(scale)"
    case .fanIn(let gain, let biasScale):
      "normal, standard deviation \(gain) / √fan-in for weights and \(biasScale) for the others"
    case .bySlice(let priors, let fallback):
      priors.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value); " }.joined() + "others: \(fallback)"
    }
  }
}
