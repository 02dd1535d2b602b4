/// A request that the engine cannot carry out: what was found and what is allowed.
package struct EngineError: Error, Equatable, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}
