import Foundation
import NosceCore
import NosceEngine
import NosceFormats
import NosceLocal
import NoscePorts
import NosceRows

/// The folder by which a program is told what to train, and in which it leaves what comes of it.
///
/// It lies beside the adapter's place, so what is trained never crosses file systems. Rows go into it
/// as token ids with the tokens that are learnt, by our own encoder: those are what is trained on.
struct JobFolder: Sendable {
  static let schema = "nosce-training-job-1"

  let url: URL

  /// - Parameter adapter: where the trained adapter is to go.
  init(for adapter: URL) {
    let place = adapter.standardizedFileURL
    url = place.deletingLastPathComponent()
      .appending(path: ".\(place.lastPathComponent).training")
  }

  var adapter: URL { url.appending(path: "adapter") }
  var report: URL { url.appending(path: "report.json") }
  var log: URL { url.appending(path: "log.txt") }
  var snapshots: URL { url.appending(path: "snapshots") }
  func snapshot(_ step: Int) -> URL { snapshots.appending(path: "step-\(step)") }

  /// Writes everything that a program is given, in place of what an earlier attempt left.
  ///
  /// - Returns: the SHA-256 of the rows' token ids.
  func write(_ job: TrainingJob, _ run: AdapterRun, base: BaseFiles) throws -> String {
    var there = stat()
    if lstat(url.path, &there) == 0 { try Storage.remove(url) }
    try Storage.makeFolder(url)
    let tokens = Data(run.examples.map { Self.line($0) + "\n" }.joined().utf8)
    try Storage.write(tokens, to: url.appending(path: "tokens.jsonl"))
    let rows = Data(job.rows.map { $0.line + "\n" }.joined().utf8)
    try Storage.write(rows, to: url.appending(path: "rows.jsonl"))
    var order = BatchPlan.Steps(run.plan)
    let steps = (0..<run.steps).map { _ in JSON.integers(order.next().flatMap(\.self)) }
    try Storage.write(
      JSON.object([("steps", .array(steps))]).text(indent: 0) + "\n",
      to: url.appending(path: "steps.json"))
    var start = run.start
    // By their whole names: what a pattern comes to is not for another library to find out.
    start.configuration.targets = .names(start.layout.modules.map(\.path))
    start.configuration.layers = nil
    try start.save(to: url.appending(path: "start"), baseModel: base.url.path)
    let hash = ContentHash.of(tokens)
    let settings = JobSettings(
      job: job, run: run, base: base, tokensHash: hash, rowsHash: ContentHash.of(rows))
    try Storage.write(settings.json.text() + "\n", to: url.appending(path: "job.json"))
    return hash
  }

  /// A row as token ids, and a 1 for each that is learnt. The first token is predicted from nothing, so
  /// it never is: whoever divides by the number of ones divides by the right number.
  private static func line(_ example: TrainingExample) -> String {
    let learnt = example.isTarget.enumerated().map { $0 > 0 && $1 ? 1 : 0 }
    return JSON.object([
      ("input_ids", .integers(example.tokens.map(Int.init))),
      ("completion_mask", .integers(learnt)),
    ]).text(indent: 0)
  }

  func remove() { try? FileManager.default.removeItem(at: url) }
}
