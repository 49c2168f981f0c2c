//  Figure+SVG.swift — layout and text of a figure.
//
//  From the top: title, subtitle, legend, axes, numbers, label. The axes take what the others leave. Marks are drawn in a nested
//  `svg` element of the axes' size, which cuts off what lies outside.

extension Figure {
  /// The figure as a document of its own.
  public var svg: String {
    let layout = Layout(self)
    var root = Markup(
      "svg",
      [
        "xmlns": "http://www.w3.org/2000/svg", "width": width, "height": height,
        "viewBox": "0 0 \(width.attributeText) \(height.attributeText)", "font-family": Style.font, "role": "img",
      ])
    root.children = [Markup("title", text: title)]
    root.children += [Markup("rect", ["width": width, "height": height, "fill": "#FFFFFF"])]
    root.children += headings(layout) + layout.legend.elements(x: layout.left, y: layout.legendTop)
    root.children += grid(layout)
    root.children.append(panel(layout))
    root.children += axisLabels(layout)
    return root.rendered() + "\n"
  }

  /// The marks at their positions along the axes.
  var placedMarks: [Mark] { marks.map { $0.mapped(horizontal.position, vertical.position) } }

  private func headings(_ layout: Layout) -> [Markup] {
    let heading = Markup(
      "text",
      [
        "x": layout.left, "y": Layout.edge + Style.titleSize, "font-size": Style.titleSize, "font-weight": "bold",
        "fill": Style.text,
      ], text: title)
    guard let subtitle else { return [heading] }
    let second = Markup(
      "text",
      [
        "x": layout.left, "y": Layout.edge + Layout.titleHeight + Style.subtitleSize, "font-size": Style.subtitleSize,
        "fill": Style.quietText,
      ], text: subtitle)
    return [heading, second]
  }

  private func grid(_ layout: Layout) -> [Markup] {
    let upright = zip(layout.horizontalTicks.values, layout.horizontalTicks.labels).flatMap { value, label in
      let x = layout.left + layout.place(Point(x: value, y: 0)).x
      return [
        line(from: Point(x: x, y: layout.top), to: Point(x: x, y: layout.bottom), colour: Style.grid),
        tickLabel(label, x: x, y: layout.bottom + 7 + Style.tickSize, anchor: "middle"),
      ]
    }
    let level = zip(layout.verticalTicks.values, layout.verticalTicks.labels).flatMap { value, label in
      let y = layout.top + layout.place(Point(x: 0, y: value)).y
      return [
        line(from: Point(x: layout.left, y: y), to: Point(x: layout.right, y: y), colour: Style.grid),
        tickLabel(label, x: layout.left - 8, y: y + 0.35 * Style.tickSize, anchor: "end"),
      ]
    }
    let corner = Point(x: layout.left, y: layout.bottom)
    let axes = [
      line(from: corner, to: Point(x: layout.right, y: layout.bottom), colour: Style.axis),
      line(from: corner, to: Point(x: layout.left, y: layout.top), colour: Style.axis),
    ]
    return upright + level + axes
  }

  /// The marks, cut off at the axes.
  private func panel(_ layout: Layout) -> Markup {
    var panel = Markup(
      "svg",
      [
        "x": layout.left, "y": layout.top, "width": layout.right - layout.left, "height": layout.bottom - layout.top,
        "overflow": "hidden",
      ])
    panel.children = placedMarks.flatMap { $0.elements(layout.place) }
    return panel
  }

  private func axisLabels(_ layout: Layout) -> [Markup] {
    let middle = Point(x: 0.5 * (layout.left + layout.right), y: 0.5 * (layout.top + layout.bottom))
    let x = Layout.edge + 0.8 * Style.labelSize
    return [
      Markup(
        "text",
        [
          "x": middle.x, "y": height - Layout.edge - 2, "font-size": Style.labelSize, "text-anchor": "middle",
          "fill": Style.text,
        ], text: horizontal.label),
      Markup(
        "text",
        [
          "x": x, "y": middle.y, "font-size": Style.labelSize, "text-anchor": "middle", "fill": Style.text,
          "transform": "rotate(-90 \(x.attributeText) \(middle.y.attributeText))",
        ], text: vertical.label),
    ]
  }

  private func line(from a: Point, to b: Point, colour: String) -> Markup {
    Markup("line", ["x1": a.x, "y1": a.y, "x2": b.x, "y2": b.y, "stroke": colour, "stroke-width": 1.0])
  }

  private func tickLabel(_ label: String, x: Double, y: Double, anchor: String) -> Markup {
    Markup(
      "text",
      ["x": x, "y": y, "font-size": Style.tickSize, "text-anchor": anchor, "fill": Style.quietText], text: label)
  }
}
