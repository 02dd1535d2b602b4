/// The place at which two long texts part, as a person reads it.
enum Excerpt {
  private static let before = 24
  private static let length = 100

  /// Both texts in quotation marks; where they are long, cut around their first difference.
  static func pair(
    _ found: String?, _ expected: String?
  ) -> (found: String?, expected: String?) {
    guard let found, let expected, max(found.utf8.count, expected.utf8.count) > length else {
      return (found.map(shortened), expected.map(shortened))
    }
    let (one, other) = (Array(found), Array(expected))
    let same = zip(one, other).prefix { $0 == $1 }.count
    return (cut(one, at: same), cut(other, at: same))
  }

  private static func shortened(_ text: String) -> String {
    text.utf8.count > length ? cut(Array(text), at: 0) : "'\(text)'"
  }

  private static func cut(_ text: [Character], at place: Int) -> String {
    let start = max(0, place - before)
    let end = min(text.count, start + length)
    guard start < end else { return "its end" }
    let part = String(text[start..<end])
    return "'\(start > 0 ? "…" : "")\(part)\(end < text.count ? "…" : "")'"
  }
}
