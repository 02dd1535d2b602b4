import NosceText

/// An SVG picture, drawn part by part. Colours come from the page's style sheet through classes.
struct SVGCanvas {
  enum Anchor: String { case start, middle, end }

  let width: Double
  let height: Double
  private var body = Markup()

  init(width: Double, height: Double) {
    self.width = width
    self.height = height
  }

  mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ name: String) {
    body += """
      <line class="\(name)" x1="\(at(x1))" y1="\(at(y1))" x2="\(at(x2))" y2="\(at(y2))"/>
      """
  }

  mutating func text(_ text: String, x: Double, y: Double, _ name: String, _ anchor: Anchor) {
    body += """
      <text class="\(name)" x="\(at(x))" y="\(at(y))" text-anchor="\(anchor.rawValue)">\(text)</text>
      """
  }

  mutating func circle(x: Double, y: Double, radius: Double, _ name: String) {
    body += "<circle class=\"\(name)\" cx=\"\(at(x))\" cy=\"\(at(y))\" r=\"\(at(radius))\"/>"
  }

  /// A line through the points, or the area that they enclose.
  mutating func path(_ points: [(x: Double, y: Double)], closed: Bool = false, _ name: String) {
    guard !points.isEmpty else { return }
    let steps = points.enumerated().map { index, point in
      "\(index == 0 ? "M" : "L")\(Number.fixed(point.x, 1)) \(Number.fixed(point.y, 1))"
    }
    let outline = steps.joined() + (closed ? "Z" : "")
    body += "<path class=\"\(name)\" d=\"\(outline)\"/>"
  }

  /// A mark whose shape tells the arms apart without their colours.
  ///
  /// - Parameter isHollow: whether it is drawn as an outline.
  mutating func mark(
    _ style: SeriesStyle, x: Double, y: Double, size: Double, isHollow: Bool = false
  ) {
    let name = "mark \(style.colorClass)\(isHollow ? " hollow" : "")"
    func polygon(_ corners: [(Double, Double)]) {
      path(corners.map { (x + $0.0 * size, y + $0.1 * size) }, closed: true, name)
    }
    switch style.shape {
    case .circle: circle(x: x, y: y, radius: size, name)
    case .square: polygon([(-0.88, -0.88), (0.88, -0.88), (0.88, 0.88), (-0.88, 0.88)])
    case .triangle: polygon([(0, -1.15), (1.1, 0.8), (-1.1, 0.8)])
    case .diamond: polygon([(0, -1.25), (1.25, 0), (0, 1.25), (-1.25, 0)])
    case .wedge: polygon([(0, 1.15), (1.1, -0.8), (-1.1, -0.8)])
    case .bar: polygon([(-0.45, -1.2), (0.45, -1.2), (0.45, 1.2), (-0.45, 1.2)])
    }
  }

  /// The picture, with a title and a description for those who cannot see it.
  func markup(title: String, description: String) -> Markup {
    """
    <svg viewBox="0 0 \(at(width)) \(at(height))" role="img" \
    aria-label="\(title). \(description)">\
    <title>\(title)</title><desc>\(description)</desc>\(body)</svg>
    """
  }

  /// The picture, for those who see it only: the text beside it says the same.
  func decoration() -> Markup {
    """
    <svg viewBox="0 0 \(at(width)) \(at(height))" aria-hidden="true">\(body)</svg>
    """
  }

  private func at(_ place: Double) -> String { Number.fixed(place, 1) }
}

/// Colour and shape of one arm or line, the same in every chart of a report.
struct SeriesStyle {
  enum Shape: CaseIterable { case circle, square, triangle, diamond, wedge, bar }

  let index: Int

  var shape: Shape { Shape.allCases[(index + index / 6) % Shape.allCases.count] }
  var colorClass: String { "c\(index % 6)" }
  var dashClass: String { "d\(index % 4)" }
}
