import Foundation
import Reports
import Testing

@Suite struct FigureTests {
  @Test func everyFigureIsWellFormed() throws {
    for figure in SampleFigures.all { _ = try Drawing(figure.svg) }
  }

  @Test func textIsEscapedAndComesBackWhole() throws {
    let hostile = "a < b & \"c\" > d's\u{1} ]]>"
    let figure = Figure(
      title: hostile, horizontal: Axis(hostile), vertical: Axis("y"),
      marks: [Mark(.line([Point(x: 0, y: 0), Point(x: 1, y: 1)]), colour: .blue, label: hostile)])
    let texts = try Drawing(figure.svg).texts
    #expect(texts.filter { $0 == "a < b & \"c\" > d's ]]>" }.count == 3)
  }

  @Test func textsStayInsideOfThePicture() throws {
    for figure in SampleFigures.all {
      for text in try Drawing(figure.svg).placedTexts {
        // Letters of sans-serif fonts are 0.55 of the font size wide on the average.
        let length = 0.55 * text.size * Double(text.text.count)
        let before = text.anchor == "start" ? 0 : text.anchor == "middle" ? 0.5 * length : length
        let (place, end) = text.isUpright ? (text.y, figure.height) : (text.x, figure.width)
        #expect(place - before >= 0 && place - before + length <= end, "\(text) in \(figure.title)")
        #expect(text.y >= text.size && text.y <= figure.height, "\(text) in \(figure.title)")
      }
    }
  }

  @Test func dataLiesWhereTheAxesSay() throws {
    let corners = [Point(x: 10, y: -1), Point(x: 20, y: 3), Point(x: 15, y: 1)]
    let figure = Figure(
      title: "t", horizontal: Axis("x", range: 10...20), vertical: Axis("y", range: -1...3),
      marks: [Mark(.scatter(corners), colour: .blue)])
    let drawing = try Drawing(figure.svg)
    let panel = try #require(drawing.panel)
    let dots = drawing.dots
    #expect(dots.map(\.x) == [0, panel.width, panel.width / 2])
    #expect(dots.map(\.y) == [panel.height, 0, panel.height / 2])
  }

  @Test func aLineBreaksWhereANumberIsMissing() throws {
    let points = [0, 1, .nan, 3, 4, .infinity, 6].enumerated().map { Point(x: Double($0.offset), y: $0.element) }
    let figure = Figure(
      title: "t", horizontal: Axis("x"), vertical: Axis("y"), marks: [Mark(.line(points), colour: .blue)])
    #expect(try Drawing(figure.svg).count(of: "path") == 3)
    #expect(!figure.svg.contains("nan") && !figure.svg.contains("inf"))
  }

  @Test func namedRowsLieOneBelowTheOtherInTheirOrder() throws {
    let plot = DotPlot(
      names: ["first", "second", "third"], series: [DotPlot.Series(name: "s", values: [1, 2, 3])])
    let drawing = try Drawing(plot.figure(title: "t", quantity: Axis("x")).svg)
    // The first dot is that of the legend.
    let heights = Array(drawing.dots.dropFirst().map(\.y))
    #expect(heights.count == 3 && heights[0] < heights[1] && heights[1] < heights[2])
    let labels = drawing.placedTexts.filter { ["first", "second", "third"].contains($0.text) }.sorted { $0.y < $1.y }
    #expect(labels.map(\.text) == ["first", "second", "third"])
    let panel = try #require(drawing.panel)
    let spacing = labels[1].y - labels[0].y
    #expect(abs(heights[1] - heights[0] - spacing) < 0.1 && abs(heights[1] - panel.height / 2) < 0.1)
  }

  @Test func figuresWithoutDataOrOfOneValueAreDrawn() throws {
    for points in [[], [Point(x: 0, y: 0)], [Point(x: 3, y: -7), Point(x: 3, y: -7)], [Point(x: .nan, y: 0)]] {
      let figure = Figure(
        title: "t", horizontal: Axis("x"), vertical: Axis("y"), marks: [Mark(.scatter(points), colour: .blue)])
      let drawing = try Drawing(figure.svg)
      #expect(drawing.count(of: "circle") == points.filter { $0.x.isFinite }.count)
      #expect(!figure.svg.contains("nan"))
    }
  }

  @Test func ticksAreRoundNumbers() throws {
    let cases: [(ClosedRange<Double>, [String])] = [
      (0...1, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
      (-3...9.5, ["−2", "0", "2", "4", "6", "8"]),
      (0.001...0.0042, ["0.0010", "0.0015", "0.0020", "0.0025", "0.0030", "0.0035", "0.0040"]),
      (0...2_000_000, ["0", "0.5×10⁶", "1.0×10⁶", "1.5×10⁶", "2.0×10⁶"]),
      (-4e-5...1e-5, ["−4×10⁻⁵", "−3×10⁻⁵", "−2×10⁻⁵", "−1×10⁻⁵", "0", "1×10⁻⁵"]),
      (-25_000...12_000, ["−20\u{2009}000", "−10\u{2009}000", "0", "10\u{2009}000"]),
    ]
    for (range, labels) in cases {
      let figure = Figure(title: "t", horizontal: Axis("x", range: range), vertical: Axis("y"), marks: [])
      let drawn = try Drawing(figure.svg).placedTexts.filter { $0.anchor == "middle" && $0.size == 12 }.map(\.text)
      #expect(drawn == labels)
    }
  }

  @Test func equalQuotientsLieEquallyFarApartOnLogarithmicAxes() throws {
    let points = [Point(x: 10, y: 1e-3), Point(x: 1000, y: 0.1), Point(x: 100, y: 1e-2), Point(x: 0, y: 1)]
    let figure = Figure(
      title: "t", horizontal: Axis("x", range: 10...1000, scale: .logarithmic),
      vertical: Axis("y", range: 1e-3...0.1, scale: .logarithmic), marks: [Mark(.scatter(points), colour: .blue)])
    let drawing = try Drawing(figure.svg)
    let (panel, dots) = (try #require(drawing.panel), drawing.dots)
    try #require(dots.count == 3, "0 has no place")
    for (dot, share) in zip(dots, [0, 1, 0.5]) {
      #expect(abs(dot.x - share * panel.width) < 0.01 && abs(dot.y - (1 - share) * panel.height) < 0.01)
    }
    func labels(_ range: ClosedRange<Double>) throws -> [String] {
      let figure = Figure(
        title: "t", horizontal: Axis("x", range: range, scale: .logarithmic), vertical: Axis("y"), marks: [])
      return try Drawing(figure.svg).placedTexts.filter { $0.anchor == "middle" && $0.size == 12 }.map(\.text)
    }
    #expect(try labels(900...1.1e7) == ["10³", "10⁴", "10⁵", "10⁶", "10⁷"])
    #expect(try labels(0.15...3) == ["2×10⁻¹", "5×10⁻¹", "10⁰", "2×10⁰"])
  }

  @Test func anEmptyBinHasNoBar() throws {
    let figure = ReliabilityFigure(bins: [
      .init(lower: 0.4, upper: 0.5, confidence: 0.45, accuracy: 0.3),
      .init(lower: 0.9, upper: 1, confidence: 0.95, accuracy: 0.97),
    ])
    let marks = figure.figure(title: "t").marks
    #expect(marks[0].geometry == .bars([Bar(from: 0.4, to: 0.5, upper: 0.3), Bar(from: 0.9, to: 1, upper: 0.95)]))
    #expect(marks[1].geometry == .bars([Bar(from: 0.4, to: 0.5, lower: 0.3, upper: 0.45)]))
    #expect(marks[2].geometry == .bars([Bar(from: 0.9, to: 1, lower: 0.97, upper: 0.95)]))
  }
}
