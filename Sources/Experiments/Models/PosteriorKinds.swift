//  PosteriorKinds.swift — the kinds of posterior that model files hold. A line for each.

public import Approximations

public enum PosteriorKinds {
  public static let all: [any StorablePosterior.Type] = [
    DrawsPosterior.self,
    SWAGPosterior.self,
    MixturePosterior<SWAGPosterior>.self,
    DropoutPosterior.self,
    DropConnectPosterior.self,
    LaplacePosterior.self,
    MixturePosterior<LaplacePosterior>.self,
    VariationalPosterior.self,
    MarkovChainsPosterior.self,
  ]

  /// The kind of that name, or `nil`.
  public static func kind(named name: String) -> (any StorablePosterior.Type)? { all.first { $0.kind == name } }
}
