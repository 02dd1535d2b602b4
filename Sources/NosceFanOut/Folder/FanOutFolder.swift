import Foundation
import NosceCore
import NosceRuns

/// A plan that is handed out: a folder on a file system that every worker sees.
///
///     fan-out.json      what was handed out, and by which version
///     cells.jsonl       a line for each worker: its subjects, and the hash of their plan
///     job.sh            what the queue starts, with the number of a line
///     NAME-TIMESTAMP/   the run folder, which `nosce collect` alone writes
///     cells/ID/         plan.json and rows.jsonl as they are handed out; what the worker leaves
///     logs/             what workers said, by line, and how each ended
///     submitted.jsonl   what was handed to the queue
package struct FanOutFolder: Sendable {
  /// What was handed out.
  package struct Header: Codable, Sendable, Hashable {
    package var schema: String
    /// The version of Nosce that handed it out, and carries it out.
    package var version: String
    /// The name of the run folder.
    package var run: String
    /// The content hash of the run's plan.
    package var plan: String
    package var lines: Int

    package init(version: String, run: String, plan: String, lines: Int) {
      schema = FanOutFolder.schema
      self.version = version
      self.run = run
      self.plan = plan
      self.lines = lines
    }
  }

  package static let schema = "nosce-fan-out-1"
  /// The most bytes of `fan-out.json`, of a done marker, of a claim and of a line of `cells.jsonl`.
  static let noteBytes = 1 << 20

  package let url: URL
  package let header: Header

  private init(_ url: URL, _ header: Header) {
    self.url = url
    self.header = header
  }

  // MARK: Places

  static func headerFile(in url: URL) -> URL { url.appending(path: "fan-out.json") }
  package var run: URL { url.appending(path: header.run) }
  package var script: URL { url.appending(path: "job.sh") }
  package var logs: URL { url.appending(path: "logs") }
  package var submissions: URL { url.appending(path: "submitted.jsonl") }
  var linesFile: URL { url.appending(path: "cells.jsonl") }
  package func cell(_ line: CellLine) -> CellFolder {
    CellFolder(url.appending(path: "cells").appending(path: line.cell))
  }

  /// What a worker said.
  package func log(ofLine number: Int) -> URL {
    logs.appending(path: "\(Self.lineName(number)).out")
  }

  /// How a worker ended: its exit code, the job and the machine.
  package func ending(ofLine number: Int) -> URL {
    logs.appending(path: "\(Self.lineName(number)).exit")
  }

  private static func lineName(_ number: Int) -> String { "line-\(number)" }

  // MARK: Reading and writing

  /// Opens a folder that was handed out by this version.
  ///
  /// - Throws: ``LabError`` where it is none, or was handed out by another version.
  package static func open(_ url: URL, version: String) throws -> FanOutFolder {
    let file = headerFile(in: url)
    guard FileManager.default.fileExists(atPath: file.path) else {
      throw LabError(
        .storage,
        "\(url.path): found no fan-out.json; allowed: a folder that `nosce fan-out` has made")
    }
    let header: Header = try PlainFile.json(file, atMost: noteBytes, what: "what was handed out")
    guard header.schema == schema, header.version == version else {
      throw LabError(
        .version,
        "\(file.path): found '\(header.schema)' of Nosce \(header.version); allowed: '\(schema)' of "
          + "Nosce \(version), this one. Workers and whoever collects take the same version")
    }
    guard !header.run.contains("/"), !header.run.hasPrefix("."), !header.run.isEmpty else {
      throw LabError(
        .version,
        "\(file.path): found the run folder '\(header.run)'; allowed: a name in this folder")
    }
    guard header.lines >= 0 else {
      throw LabError(.version, "\(file.path): found \(header.lines) lines; allowed: 0 or more")
    }
    return FanOutFolder(url.standardizedFileURL, header)
  }

  /// Whether a folder was handed out before.
  package static func exists(_ url: URL) -> Bool {
    FileManager.default.fileExists(atPath: headerFile(in: url).path)
  }

  /// Writes what is handed out. The header comes last: a folder without one was not finished.
  ///
  /// - Parameters:
  ///   - run: the run folder, in `url`.
  ///   - script: the text of `job.sh`.
  package static func create(
    _ url: URL, run: RunFolder, version: String, script: String
  ) throws -> FanOutFolder {
    let lines = try CellLine.lines(of: run.plan)
    let header = Header(
      version: version, run: run.url.lastPathComponent, plan: run.plan.contentHash,
      lines: lines.count)
    let folder = FanOutFolder(url.standardizedFileURL, header)
    try Storage.makeFolder(folder.logs)
    var text = Data()
    let known = Dictionary(
      run.plan.cells.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    for var line in lines {
      line.plan = try folder.cell(line).write(run.plan.part(line, of: known))
      text += try CellLine.encoder.encode(line) + Data([UInt8(ascii: "\n")])
    }
    try Storage.write(text, to: folder.linesFile)
    try folder.write(script: script)
    try Storage.write(try CellLine.encoder.encode(header), to: headerFile(in: url))
    return folder
  }

  /// Writes `job.sh`, also in place of an earlier one: a queue starts its own copy.
  package func write(script text: String) throws { try Storage.write(text, to: script) }

  /// Every line, in order.
  package func lines() throws -> [CellLine] {
    var lines: [CellLine] = []
    try PlainFile.eachLine(of: linesFile, atMost: Self.noteBytes) { data, number in
      lines.append(try CellLine(data, number: number, in: linesFile))
    }
    guard lines.count == header.lines else {
      throw LabError(
        .version,
        "\(linesFile.path): found \(lines.count) lines; allowed: \(header.lines), as handed out")
    }
    return lines
  }

  /// One line, without reading more than is before it.
  package func line(_ number: Int) throws -> CellLine {
    guard (0..<header.lines).contains(number) else {
      throw LabError(
        .invalidExperiment,
        "--line: found \(number); allowed: 0 to \(header.lines - 1), the lines of \(linesFile.path)"
      )
    }
    var found: CellLine?
    try PlainFile.lines(of: linesFile, atMost: Self.noteBytes) { data, place in
      if place == number { found = try CellLine(data, number: number, in: linesFile) }
      return found == nil
    }
    guard let found else {
      throw LabError(
        .version, "\(linesFile.path): found no line \(number); allowed: \(header.lines) lines")
    }
    return found
  }
}
