import Foundation

/// Something that a person can put right: a message that says what was found and what is allowed.
///
/// Where another error is behind it, that is kept as the cause, and so is the place in the program
/// at which the failure was noticed; ``trace`` shows all of it.
package struct LabError: Error, Sendable, CustomStringConvertible, LocalizedError {
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

  /// Where in the program a failure was noticed.
  package struct Place: Sendable, CustomStringConvertible {
    package var file: String
    package var line: Int

    package var description: String { "\(file):\(line)" }
  }

  package var code: Code
  package var message: String
  /// What went wrong underneath.
  package var cause: (any Error)?
  /// Whether it happened on the way to a backend, so that the same request may be answered another time.
  package var isPassing: Bool
  package var place: Place

  package init(
    _ code: Code, _ message: String, cause: (any Error)? = nil, isPassing: Bool = false,
    file: String = #fileID, line: Int = #line
  ) {
    self.code = code
    self.message = message
    self.cause = cause
    self.isPassing = isPassing
    place = Place(file: file, line: line)
  }

  package var description: String { message }
  package var errorDescription: String? { message }

  /// Code, message, cause and place, each on a line; the causes of causes behind them.
  package var trace: String {
    var lines = ["\(code.rawValue): \(message)", "  at \(place)"]
    if let cause = cause as? LabError {
      lines.append("  because of \(cause.trace.replacing("\n", with: "\n  "))")
    } else if let cause {
      lines.append("  because of \(type(of: cause)): \(cause)")
    }
    return lines.joined(separator: "\n")
  }
}

/// Two failures are the same where a reader could not tell them apart.
extension LabError: Equatable {
  package static func == (one: LabError, other: LabError) -> Bool {
    one.code == other.code && one.message == other.message
  }
}
