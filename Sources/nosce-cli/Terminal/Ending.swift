import ArgumentParser
import Foundation
import NosceBench
import NosceCore
import NosceEngine
import NosceExperiment
import NosceFiles
import NosceFormats
import NosceTemplates
import NosceTokenizer

/// Turns errors into a message and an exit code, in this one place.
enum Ending {
  /// After the numbers of BSD's sysexits.h, which scripts know.
  enum Code: Int32 {
    case data = 65
    case software = 70
    case storage = 74
    case busy = 75
    case interrupted = 130
  }

  /// - Parameter root: the root command, which knows the parser's own errors.
  static func exit(with error: any Error, of root: any ParsableCommand.Type) -> Never {
    guard let code = code(of: error, root) else {
      // Wrong usage, --help and --version.
      root.exit(withError: error)
    }
    if code != .interrupted { Console.complain("nosce: \(text(of: error))") }
    Foundation.exit(code.rawValue)
  }

  /// What ends the command as an error would of which the user has been told already.
  static func silently(_ error: any Error) -> ExitCode {
    ExitCode((code(of: error, nil) ?? .software).rawValue)
  }

  private static func code(
    of error: any Error, _ root: (any ParsableCommand.Type)?
  ) -> Code? {
    switch error {
    case let error as LabError:
      switch error.code {
      case .invalidExperiment, .refusedDesign, .version: .data
      case .storage: .storage
      case .locked: .busy
      case .backend: .data
      }
    case is CheckpointError, is ExperimentFileError, is EngineError, is TokenizerError,
      is TemplateError, is BenchError:
      .data
    case is CancellationError: .interrupted
    case is CocoaError, is POSIXError: .storage
    case is CleanExit, is ValidationError, is ExitCode: nil
    default:
      // The parser's own errors are not public; it knows them by their exit code.
      root.map { $0.exitCode(for: error) == .failure } ?? true ? .software : nil
    }
  }

  private static func text(of error: any Error) -> String {
    // For whoever looks for a fault in Nosce itself: what was behind it, and where it was noticed.
    if let error = error as? LabError, ProcessInfo.processInfo.environment["NOSCE_TRACE"] != nil {
      return error.trace
    }
    if let error = error as? CocoaError, let path = error.filePath {
      return "\(path): \(error.localizedDescription)"
    }
    return "\(error)"
  }
}
