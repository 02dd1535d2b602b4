import Synchronization

/// The last lines of what a program has said, however much that is.
final class ProgramLog: Sendable {
  private static let mostLines = 200
  private let lines = Mutex<[String]>([])

  func add(_ line: String) {
    lines.withLock { lines in
      lines.append(line)
      if lines.count > 2 * Self.mostLines { lines.removeFirst(lines.count - Self.mostLines) }
    }
  }

  var text: String {
    lines.withLock { $0.suffix(Self.mostLines).map { $0 + "\n" }.joined() }
  }

  /// The last line that says something; nil where the program was silent.
  var lastLine: String? {
    lines.withLock { lines in
      lines.last { line in line.contains { !$0.isWhitespace } }.map { String($0.prefix(400)) }
    }
  }
}
