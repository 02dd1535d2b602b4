import CNosceProcess
import Foundation

/// What the program was started with, also where there is no `/proc` to read it from.
package enum ProgramStart {
  /// The words behind the program's name.
  package static var arguments: [String] {
    let told = CommandLine.arguments
    if !told.isEmpty { return Array(told.dropFirst()) }
    return (0..<nosce_argument_count()).dropFirst().compactMap { index in
      nosce_argument(index).map { String(cString: $0) }
    }
  }

  /// The file of the program, whatever links lead to it.
  package static var executable: URL? {
    let told = Bundle.main.executableURL
    if let told, FileManager.default.isExecutableFile(atPath: told.path) {
      return told.resolvingSymlinksInPath()
    }
    return nosce_executed_file().map {
      URL(fileURLWithPath: String(cString: $0)).resolvingSymlinksInPath()
    }
  }
}
