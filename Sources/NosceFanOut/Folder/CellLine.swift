import Foundation
import NosceCore
import NosceRuns

/// One line of `cells.jsonl`: what one worker carries out.
///
/// A subject a line. One whose adapter is made of another's goes with that one, for it needs the other's
/// adapter and takes hardly any time.
package struct CellLine: Codable, Sendable, Hashable {
  /// Counted from 0, as array jobs are.
  package var line: Int
  /// The subject that gives the folder its name.
  package var cell: String
  /// Every subject of the line, that one first.
  package var cells: [String]
  /// The SHA-256 of the line's own plan.
  package var plan: String

  static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return encoder
  }

  init(line: Int, cells: [String]) {
    self.line = line
    cell = cells.first ?? ""
    self.cells = cells
    plan = ""
  }

  /// Reads a line of a file that anybody may have changed.
  init(_ data: Data, number: Int, in file: URL) throws {
    func failure(_ found: String, cause: (any Error)? = nil) -> LabError {
      LabError(
        .version, "\(file.path):\(number + 1): found \(found); allowed: a line as Nosce wrote it",
        cause: cause)
    }
    do {
      self = try JSONDecoder().decode(CellLine.self, from: data)
    } catch {
      throw failure("no line of a fan-out", cause: error)
    }
    guard line == number else { throw failure("the line \(line)") }
    guard cells.first == cell else { throw failure("subjects that do not begin with '\(cell)'") }
    if let odd = cells.first(where: { !Self.isName($0) }) {
      throw failure("the subject '\(odd)', which is no name of a folder")
    }
  }

  /// Whether subjects of this name can have a folder of it.
  static func isName(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= 255 && !name.hasPrefix(".")
      && name.unicodeScalars.allSatisfy { $0 != "/" && $0 != "\\" && $0.value >= 0x20 }
  }

  /// The lines of a plan, in its order.
  static func lines(of plan: Plan) throws -> [CellLine] {
    var derived: [String: [String]] = [:]
    for cell in plan.cells {
      guard isName(cell.id) else {
        throw LabError(
          .invalidExperiment, "'\(cell.id)': found a subject whose name is no name of a folder")
      }
      if let adapter = cell.adapter { derived[adapter.cell, default: []].append(cell.id) }
    }
    return plan.cells.filter { $0.adapter == nil }.enumerated().map { number, cell in
      CellLine(line: number, cells: [cell.id] + (derived[cell.id] ?? []))
    }
  }
}

extension Plan {
  /// The plan with the subjects of one line and no others but those whose rows they are shown.
  ///
  /// Its content hash stays the whole plan's.
  ///
  /// - Parameter known: the plan's subjects by their names.
  func part(_ line: CellLine, of known: [String: PlannedCell]) -> Plan {
    let own = line.cells.compactMap { known[$0] }
    let shown = Set(own.compactMap(\.context?.cell)).subtracting(line.cells).sorted()
    var part = self
    part.cells = own + shown.compactMap { known[$0] }
    part.contrasts = []
    return part
  }
}
