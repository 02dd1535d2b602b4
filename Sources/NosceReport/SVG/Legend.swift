/// Names beside the marks that stand for them.
struct Legend {
  let entries: [(name: String, style: SeriesStyle)]

  func markup() -> Markup {
    let items = entries.map { entry -> Markup in
      var canvas = SVGCanvas(width: 16, height: 16)
      canvas.mark(entry.style, x: 8, y: 8, size: 5)
      return """
        <li>\(canvas.decoration())<span>\(entry.name)</span></li>
        """
    }
    return "<ul class=\"legend\">\(items)</ul>"
  }
}
