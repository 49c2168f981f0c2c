//  ProgressLine.swift — one line about work that goes on: a bar and figures, as many as fit.

/// What a line of progress tells.
struct ProgressLine {
  var title: String
  /// Done, in [0, 1].
  var share: Double
  /// `nil` until there is a rate to tell from.
  var secondsLeft: Double?
  /// Further figures, the most important first; the last go where the terminal is narrow.
  var details: [String]

  private var percent: String {
    let number = String(Int(100 * share))
    return String(repeating: " ", count: max(0, 3 - number.count)) + number + " %"
  }

  private var figures: [String] {
    (secondsLeft.map { [NumberFormat.clock(seconds: $0) + " left"] } ?? []) + details
  }

  /// For logs and pipes.
  var plain: String { ([title + ":" + percent] + figures).joined(separator: ", ") }

  /// At most `width` columns.
  func bar(width: Int, colours: Bool) -> String {
    let least = 10
    var shown = figures
    func rest() -> Int { title.count + 2 + 2 + percent.count + shown.reduce(0) { $0 + 3 + $1.count } }
    while rest() + least > width - 1 && !shown.isEmpty { shown.removeLast() }
    let length = min(40, width - 1 - rest())
    guard length >= least else { return String("\(title) \(percent)".prefix(max(0, width - 1))) }
    let halves = Int((Double(2 * length) * min(max(share, 0), 1)).rounded(.down))
    let full = String(repeating: "━", count: halves / 2) + (halves % 2 == 1 ? "╸" : "")
    let empty = String(repeating: "─", count: length - full.count)
    let drawn = colours ? "\u{1B}[36m\(full)\u{1B}[90m\(empty)\u{1B}[0m" : full + empty
    return "\(title)  \(drawn)  \(percent)" + shown.map { "   " + $0 }.joined()
  }
}
