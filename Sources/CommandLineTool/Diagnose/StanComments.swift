//  StanComments.swift — what the lines that begin with # say in a file of CmdStan or RStan.
//
//  With `save_warmup` the draws of the warm-up come before the others. The line "Adaptation terminated" stands between them; where
//  nothing is adapted there is none, and the header says how many there are: of W transitions that are thinned by t, ⌈W/t⌉.

import Foundation

struct StanComments {
  /// "num_warmup" → "300". The first of a name counts.
  private var settings: [String: String] = [:]
  /// The line, from 1, that ends the adaptation.
  private var lineOfAdaptation: Int?
  /// The text with an empty line for each comment, so that lines keep their numbers.
  private(set) var text: [UInt8] = []

  init(of data: Data) {
    text.reserveCapacity(data.count)
    for (index, line) in data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
      if index > 0 { text.append(UInt8(ascii: "\n")) }
      if line.first == UInt8(ascii: "#") {
        note(String(decoding: line.dropFirst(), as: UTF8.self), line: index + 1)
      } else {
        text += line
      }
    }
  }

  private mutating func note(_ comment: String, line: Int) {
    if lineOfAdaptation == nil && comment.contains("Adaptation terminated") { lineOfAdaptation = line }
    let sides = comment.split(separator: "=", maxSplits: 1)
    guard sides.count == 2, let value = sides[1].split(whereSeparator: \.isWhitespace).first else { return }
    let name = sides[0].trimmingCharacters(in: .whitespaces)
    if settings[name] == nil { settings[name] = String(value) }
  }

  /// One draw of so many transitions is in the file.
  var thinning: Int { max(1, settings["thin"].flatMap { Int($0) } ?? 1) }

  /// The doublings at which a trajectory was cut off; `nil` where the header does not say it.
  var greatestDepth: Double? { (settings["max_depth"] ?? settings["max_treedepth"]).flatMap { Double($0) } }

  /// How many of the rows, which begin on these lines, are of the warm-up: the first ones.
  func warmUpCount(lines: [Int]) -> Int {
    if let lineOfAdaptation { return lines.count { $0 < lineOfAdaptation } }
    let saves = settings["save_warmup"].map { ["1", "true"].contains($0.lowercased()) } ?? false
    guard saves, settings["algorithm"] != "fixed_param",
      let transitions = (settings["num_warmup"] ?? settings["warmup"]).flatMap({ Int($0) }), transitions > 0
    else { return 0 }
    return min(lines.count, (transitions - 1) / thinning + 1)
  }
}
