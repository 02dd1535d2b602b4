/// A question stated beforehand: do subjects that score higher on one probe score higher on another?
///
/// It is no claim and has no verdict: what goes together need not cause one another.
package struct Association: Codable, Sendable, Hashable {
  package var name: String
  /// Trained arms whose subjects are compared, each with the others of its own arm.
  package var arms: [String]
  package var probe: String
  package var otherProbe: String

  package init(name: String, arms: [String], probe: String, otherProbe: String) {
    self.name = name
    self.arms = arms
    self.probe = probe
    self.otherProbe = otherProbe
  }
}
