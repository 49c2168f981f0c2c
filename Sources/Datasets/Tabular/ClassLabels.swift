//  ClassLabels.swift — the order of class labels.

/// The order of class labels.
public enum ClassLabels {
  /// Numeric order if all labels are numbers, else the order of their texts.
  public static func sorted(_ labels: some Sequence<String>) -> [String] {
    let numbered = labels.map { (label: $0, number: Double($0) ?? .nan) }
    if numbered.allSatisfy({ $0.number.isFinite }) {
      return numbered.sorted { ($0.number, $0.label) < ($1.number, $1.label) }.map(\.label)
    }
    return numbered.map(\.label).sorted()
  }
}
