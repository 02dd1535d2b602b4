/// Which unit of a subject.
package struct UnitKey: Sendable, Hashable {
  package var probe: String
  package var step: Int

  package init(probe: String, step: Int) {
    self.probe = probe
    self.step = step
  }
}
