import Foundation
import NosceCore
import NosceRuns

/// How one line stands, as far as its folder and its log say.
package struct LineStanding: Sendable {
  package enum State: String, Sendable, CaseIterable {
    /// Whole, with a marker.
    case done
    /// Somebody works on it, or did when last heard of.
    case claimed
    /// A subject failed, or its worker ended with an error.
    case failed
    case notBegun = "not begun"
    /// What lies in its folder cannot be taken.
    case refused
  }

  package var line: CellLine
  package var state: State
  /// Why it is not done, in words; empty where it is.
  package var reason: String

  /// Looks at a line. What cannot be read is a state, and no error.
  package init(of line: CellLine, in fanOut: FanOutFolder) {
    let cell = fanOut.cell(line)
    self.line = line
    do {
      if try DoneMarker.whole(cell, line, fanOut.header) != nil {
        (state, reason) = (.done, "")
        return
      }
      if let note = try CellClaim.read(cell), !Self.isOver(note, line, in: fanOut) {
        (state, reason) = (.claimed, "\(note.words) works on it, or went down with it")
        return
      }
      (state, reason) = try Self.unfinished(cell, line, in: fanOut)
    } catch {
      (state, reason) = (.refused, "\(error)")
    }
  }

  /// Whether the job of a claim is known to have ended, as after a kill, which leaves the claim behind.
  private static func isOver(
    _ note: CellClaim.Note, _ line: CellLine, in fanOut: FanOutFolder
  ) -> Bool {
    let exit = PlainFile.lastLines(of: fanOut.ending(ofLine: line.line), 1).first
    let parts = exit?.split(separator: " ", omittingEmptySubsequences: false) ?? []
    return parts.count == 3 && parts[1] == note.job ?? "" && parts[2] == note.node
  }

  private static func unfinished(
    _ cell: CellFolder, _ line: CellLine, in fanOut: FanOutFolder
  ) throws -> (State, String) {
    let failures = try CellHistory.read(cell).failures
    let log = PlainFile.lastLines(of: fanOut.log(ofLine: line.line), 3)
    let exit = PlainFile.lastLines(of: fanOut.ending(ofLine: line.line), 1).first
    var words: [String] = []
    if let first = failures.first {
      let more = failures.count > 1 ? ", and \(failures.count - 1) other subjects" : ""
      words.append("\(first.cell) failed: \(first.error)\(more)")
    }
    if let exit { words.append(exitWords(exit)) }
    if try DoneMarker.read(cell, line, fanOut.header) != nil {
      words.append("done.json is there without what it names; the same command does it again")
    }
    if failures.isEmpty, !log.isEmpty {
      words.append("its log ends: " + log.joined(separator: " / "))
    }
    let begun = try !CellHistory.numbers(in: cell).isEmpty
    if words.isEmpty {
      return begun ? (.failed, "it was begun, and nothing says how it ended") : (.notBegun, "")
    }
    return (.failed, words.joined(separator: "; "))
  }

  /// `CODE JOB MACHINE`, as `job.sh` writes it.
  private static func exitWords(_ line: String) -> String {
    let parts = line.split(separator: " ", omittingEmptySubsequences: false)
    guard let code = parts.first.flatMap({ Int($0) }) else { return "it ended" }
    let why =
      switch code {
      case 75: " (another process works on it)"
      case 130: " (stopped)"
      case 137: " (killed: out of memory or time)"
      case 143: " (terminated)"
      default: ""
      }
    let node = parts.count > 2 && !parts[2].isEmpty ? " on \(parts[2])" : ""
    let job = parts.count > 1 && !parts[1].isEmpty ? ", job \(parts[1])" : ""
    return "exit code \(code)\(why)\(node)\(job)"
  }
}
