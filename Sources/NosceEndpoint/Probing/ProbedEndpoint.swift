import Foundation

/// What an endpoint was found to do, and how that was found out.
package struct ProbedEndpoint: Sendable {
  /// One line of the table.
  package struct Finding: Sendable, Hashable {
    package enum Result: String, Sendable {
      case yes, no
      /// The server says that it does it, and what it says does not hold together.
      case disbelieved
    }

    package var name: String
    package var result: Result
    package var detail: String

    package init(_ name: String, _ result: Result, _ detail: String) {
      self.name = name
      self.result = result
      self.detail = detail
    }
  }

  package var features = EndpointFeatures()
  package var findings: [Finding] = []
  package var version: String?
  /// What the server calls the model in its answers.
  package var answeredModel: String?
  /// Seconds that a small question took.
  package var seconds = 0.0

  mutating func note(_ name: String, _ isThere: Bool, _ detail: String) {
    findings.append(Finding(name, isThere ? .yes : .no, detail))
  }

  mutating func disbelieve(_ name: String, _ detail: String) {
    findings.append(Finding(name, .disbelieved, detail))
  }
}
