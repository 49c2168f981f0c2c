//  MethodDescription.swift — a method that was asked for, as it can be written down: a name, and the options that somebody chose.

/// The name of a method and its options. What is left out has the default of the method.
public struct MethodDescription: Hashable, Sendable, Codable {
  public var name: String
  public var options: [String: OptionValue]

  public init(_ name: String, options: [String: OptionValue] = [:]) {
    self.name = name
    self.options = options
  }

  /// One network at a mode of the posterior.
  public static let maximumAPosteriori = MethodDescription("map")

  /// Several networks at modes found from different starting points.
  public static func ensemble(members: Int, bagging: Bool = false) -> MethodDescription {
    MethodDescription("ensemble", options: ["members": .integer(members), "bagging": .flag(bagging)])
  }
}
