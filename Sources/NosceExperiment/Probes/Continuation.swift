/// What follows once a subject has written the first part of its answer.
///
/// The subject writes freely, as in a scratchpad; then a fixed text is appended, and only what it
/// says after that is graded or scored.
package struct Continuation: Codable, Sendable, Hashable {
  /// The fixed text, a template.
  package var text: String
  /// The most tokens of the first part.
  package var maximumTokens: Int
  /// The first part ends where this occurs, which is left out.
  package var stop: String?

  package init(text: String, maximumTokens: Int, stop: String? = nil) {
    self.text = text
    self.maximumTokens = maximumTokens
    self.stop = stop
  }

  /// How the answer then begins.
  package func prefill(after prefill: String?, first: String) -> String {
    var first = first[...]
    if let stop, !stop.isEmpty, let range = first.firstRange(of: stop) {
      first = first[..<range.lowerBound]
    }
    return (prefill ?? "") + first + text
  }
}
