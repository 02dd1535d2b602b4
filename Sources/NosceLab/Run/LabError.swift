import Foundation

/// Something that a person can put right: a message that says what was found and what is allowed.
package struct LabError: Error, Sendable, Equatable, CustomStringConvertible, LocalizedError {
  package enum Code: String, Sendable {
    /// The experiment file or a value set on the command line is wrong.
    case invalidExperiment
    /// The design cannot reach its own level, or the backend cannot do what it asks.
    case refusedDesign
    /// A folder or file cannot be read or written.
    case storage
    /// Another process holds the run folder.
    case locked
    /// The run folder was written by another version, or for another plan or model.
    case version
    /// A backend returned something that it must not return.
    case backend
  }

  package var code: Code
  package var message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  package var description: String { message }
  package var errorDescription: String? { message }
}
