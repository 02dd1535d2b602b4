import Foundation
import NosceCore
import NosceExperiment
import NosceFanOut
import NoscePorts
import NosceRuns
import NosceTestSupport

/// The small experiment, handed out in a folder.
struct HandedOut {
  static let quick = CellClaim.Rhythm(beat: .milliseconds(20), patience: .milliseconds(120))

  let folder: FanOutFolder

  init(in url: URL, options: Plan.Options = .init(exploratory: true)) throws {
    var experiment = try smallExperiment()
    experiment.seeds = 2
    let run = try makeRunFolder(experiment, in: url, model: RuleModel(), options: options)
    folder = try FanOutFolder.create(url, run: run, version: "test", script: "#!/bin/bash\n")
  }

  func worker(_ line: Int) throws -> CellWorker {
    try CellWorker(folder, line: line, rhythm: Self.quick)
  }

  @discardableResult
  func carryOut(
    _ line: Int, on model: any ModelProvider = RuleModel()
  ) async throws
    -> CellWorker.End
  {
    try await worker(line).run(on: model, judge: nil, materials: miniature)
  }

  func carryOutAll() async throws {
    for line in 0..<folder.header.lines { try await carryOut(line) }
  }

  func collect(now: Date = Date()) async throws -> Collector.Result {
    try await Collector(folder).collect(now: now)
  }

  /// The line of the first subject that is trained.
  func trainedLine() throws -> CellLine {
    try folder.lines().first { $0.cell.contains("treatment") } ?? folder.lines()[0]
  }

  func url(of line: CellLine) -> URL { folder.cell(line).url }

  func marker(of line: CellLine) throws -> [String: Any] {
    let data = try Data(contentsOf: url(of: line).appending(path: "done.json"))
    return try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
  }

  func write(_ marker: [String: Any], of line: CellLine) throws {
    try JSONSerialization.data(withJSONObject: marker, options: .sortedKeys)
      .write(to: url(of: line).appending(path: "done.json"))
  }

  /// The file of what a line came to.
  func result(of line: CellLine) throws -> URL {
    let name = try marker(of: line)["result"] as? String ?? ""
    return url(of: line).appending(path: name)
  }

  /// Puts other bytes in its place, with a marker that fits them.
  func replaceResult(of line: CellLine, with data: Data) throws {
    var marker = try marker(of: line)
    let hash = ContentHash.of(data)
    let name = "result-\(hash.prefix(16)).jsonl"
    try data.write(to: url(of: line).appending(path: name))
    marker["result"] = name
    marker["hash"] = hash
    marker["bytes"] = data.count
    try write(marker, of: line)
  }
}
