/// Numbers of things, in words that fit the number.
package enum Counted {
  /// `1 seed`, `5 seeds`.
  package static func text(_ number: Int, _ singular: String, _ plural: String? = nil) -> String {
    "\(number) \(number == 1 ? singular : plural ?? singular + "s")"
  }
}
