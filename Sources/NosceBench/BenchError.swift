/// Why a benchmark could not be run: what was found, and what is allowed.
package struct BenchError: Error, Sendable, Equatable, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}
