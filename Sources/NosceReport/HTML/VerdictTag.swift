import NosceCore

/// A verdict as a small label: its colour, its sign and its word.
enum VerdictTag {
  static func markup(_ kind: Verdict) -> Markup {
    """
    <span class="tag \(className(kind))">\(icon(kind)) \(Wording.label(kind))</span>
    """
  }

  /// The class that colours a verdict.
  static func className(_ kind: Verdict) -> String {
    switch kind {
    case .stronglySupported, .supported: "good"
    case .notSupported: "null"
    case .inconclusive, .incomplete, .unfinished, .exploratory: "open"
    case .contrary, .notTestable: "bad"
    }
  }

  /// A sign for the verdict, so that it does not hang on colour.
  static func icon(_ kind: Verdict) -> Markup {
    let strokes: Markup
    switch kind {
    case .stronglySupported:
      strokes = "<path d=\"M3.5 8.5l2 2 3.5-4.5M7.5 10l.5.5 4-5\"/>"
    case .supported: strokes = "<path d=\"M4.5 8.5l2.5 2.5 4.5-5.5\"/>"
    case .notSupported: strokes = "<path d=\"M4.5 8h7\"/>"
    case .inconclusive:
      strokes = "<path d=\"M6 6.4a2 2 0 1 1 2.7 1.9c-.5.2-.7.5-.7 1.1M8 11.6v.1\"/>"
    case .contrary: strokes = "<path d=\"M8 4.5v7M5 9l3 3 3-3\"/>"
    case .notTestable: strokes = "<path d=\"M5 5l6 6M11 5l-6 6\"/>"
    case .incomplete, .unfinished: strokes = "<path d=\"M8 4.5v3.5l2.5 1.5\"/>"
    case .exploratory: strokes = "<path d=\"M5 8h.1M8 8h.1M11 8h.1\"/>"
    }
    return """
      <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">\
      <circle cx="8" cy="8" r="7"/>\(strokes)</svg>
      """
  }
}
