//  NearestName.swift — which of the names that there are was meant by one that there is not.
//
//  Notation   a, b  two names, of n and m characters     d(i, j)  the distance of their first i and j characters
//
//  Equation   (1) d(i, j) = min(d(i−1, j) + 1,  d(i, j−1) + 1,  d(i−1, j−1) + [aᵢ ≠ bⱼ],
//                               d(i−2, j−2) + 1 where aᵢ aⱼ₋₁ = bⱼ₋₁ bⱼ crosswise)          [Damerau 1964; Levenshtein 1966]
//
//  Capitals count as small letters, and underscores and spaces as hyphens. A name is near within one change for three to five letters,
//  two up to eight and three beyond; so is the only one that begins with what was written.
//
//  Cost       n m steps for each name that there is.

package enum NearestName {
  /// " (did you mean 'members'?)" for a sentence that says there is no such name; empty where none is near.
  package static func question(_ name: String, among known: [String]) -> String {
    nearest(to: name, among: known).map { " (did you mean \(DatasetError.excerpt(of: $0))?)" } ?? ""
  }

  /// The nearest name, of several that of the nearest length; `nil` where none is near.
  package static func nearest(to name: String, among known: [String]) -> String? {
    let wanted = plain(name)
    guard wanted.count <= longest else { return nil }
    let near = known.filter { $0 != name && $0.utf8.count <= 4 * longest }
      .map { (name: $0, distance: distance(wanted, plain($0)), added: abs(plain($0).count - wanted.count)) }
      .min { ($0.distance, $0.added) < ($1.distance, $1.added) }
    if let near, near.distance <= tolerance(wanted.count) { return near.name }
    let longer = known.filter { plain($0).starts(with: wanted) }
    return wanted.count >= fewestLettersOfABeginning && longer.count == 1 ? longer[0] : nil
  }

  /// Longer texts are no names that somebody has mistyped.
  private static let longest = 60
  private static let fewestLettersOfABeginning = 3

  private static func tolerance(_ count: Int) -> Int { count < 3 ? 0 : count < 6 ? 1 : count < 9 ? 2 : 3 }

  private static func plain(_ name: String) -> [Character] {
    name.lowercased().map { $0 == "_" || $0 == " " ? "-" : $0 }
  }

  /// Equation (1).
  static func distance(_ a: [Character], _ b: [Character]) -> Int {
    var (before, last, row) = ([Int](), [Int](), Array(0...b.count))
    for i in 0..<a.count {
      (before, last) = (last, row)
      row[0] = i + 1
      for j in 0..<b.count {
        row[j + 1] = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { row[j + 1] = min(row[j + 1], before[j - 1] + 1) }
      }
    }
    return row[b.count]
  }
}
