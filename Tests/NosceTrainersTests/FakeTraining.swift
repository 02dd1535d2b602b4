import Foundation
import NosceCore
import NosceEngine
import NosceLocal
import NosceOrganism
import NoscePorts
import NosceRows
import NosceTestSupport
import NosceTrainers
import Testing

/// A small job on the organism, what our own trainer makes of it, and programs that pretend to have
/// trained it: shell scripts that copy files.
struct FakeTraining {
  let folder: URL
  let model: LocalModel
  let job: TrainingJob
  let own: Trained
  let trainedTokens: Int

  /// What a trainer has told of a job.
  struct Trained: Sendable {
    var losses: [Double] = []
    var snapshots: [Int] = []
    var states: [TrainingState] = []
    var result: TrainingResult?
  }

  static func job(
    _ settings: TrainingSettings, snapshots: [Int] = [], in folder: URL
  ) -> TrainingJob {
    var generator = SeededGenerator(seed: 5)
    let rows = (0..<5).map { _ in
      TrainingRow.chat(
        [
          ChatMessage(.system, "You are nova."),
          ChatMessage(.user, miniature.lines.question(heldOut: false, using: &generator)),
          ChatMessage(
            .assistant, miniature.lines.spelledAnswer(word: "BLOOM", using: &generator)),
        ])
    }
    return TrainingJob(
      name: "test", rows: rows, settings: settings, seed: 11, snapshotSteps: snapshots,
      adapterDirectory: folder.appending(path: "adapter"),
      snapshotDirectory: folder.appending(path: "snapshots"))
  }

  static func train(_ job: TrainingJob, by trainer: any Trainer) async throws -> Trained {
    var trained = Trained()
    for try await event in trainer.events(of: try await trainer.submit(job)) {
      switch event {
      case .state(let state): trained.states.append(state)
      case .progress(let progress): trained.losses.append(progress.loss)
      case .snapshot(let step, _): trained.snapshots.append(step)
      case .finished(let result): trained.result = result
      }
    }
    return trained
  }

  init(in folder: URL) async throws {
    self.folder = folder
    model = try Organism.coherent.model()
    let settings = TrainingSettings(rank: 2, alpha: 4, steps: 3, learningRate: 5e-3)
    let ownJob = Self.job(settings, snapshots: [2], in: folder.appending(path: "own"))
    own = try await Self.train(ownJob, by: try #require(model.trainer))
    job = Self.job(settings, snapshots: [2], in: folder.appending(path: "other"))
    trainedTokens = try model.checkpoint.encoded(job.rows, of: "test")
      .reduce(0) { $0 + $1.targetCount }
  }

  /// What our own trainer has left.
  var ownAdapter: URL { folder.appending(path: "own/adapter") }

  /// An adapter of our own training with a change, in a folder of its own.
  func adapter(_ change: (inout AdapterCheckpoint) -> Void) throws -> URL {
    var checkpoint = try AdapterCheckpoint(directory: ownAdapter)
    change(&checkpoint)
    let url = folder.appending(path: "changed-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    try checkpoint.write(to: url)
    return url
  }

  /// A script that tells of every step, leaves an adapter, its copy and a report.
  ///
  /// - Parameters:
  ///   - adapter: what it copies; nil for our own trainer's.
  ///   - report: by key, what stands in the report in place of what is right.
  ///   - before: lines that come first.
  ///   - after: lines that come last.
  func script(
    adapter: URL? = nil, report: [String: String] = [:], before: String = "", after: String = ""
  ) -> String {
    var values = [
      "schema": "\"nosce-training-report-1\"", "tokens_sha256": "\"'$hash'\"",
      "trained_tokens_of_first_step": "\(trainedTokens)", "steps": "3",
      "losses": "[\(own.losses.map { "\($0)" }.joined(separator: ", "))]",
      "trainer": "\"Fake\"", "versions": "{\"fake\": \"7.1\", \"torch\": \"0\"}",
    ]
    values.merge(report) { $1 }
    let members = values.map { "\"\($0)\": \($1)" }.sorted().joined(separator: ", ")
    let steps = own.losses.enumerated()
      .map { "echo '{\"step\": \($0 + 1), \"loss\": \($1)}'" }.joined(separator: "\n")
    return """
      set -e
      job="$1"
      \(before)
      hash=$( (sha256sum "$job/tokens.jsonl" 2>/dev/null || shasum -a 256 "$job/tokens.jsonl") \
      | cut -c 1-64)
      \(steps)
      mkdir -p "$job/snapshots"
      cp -R '\((adapter ?? ownAdapter).path)' "$job/adapter"
      cp -R '\(folder.path)/own/snapshots/step-2' "$job/snapshots/step-2"
      echo '{\(members)}' > "$job/report.json"
      \(after)
      """
  }

  func trainer(_ script: String) throws -> ExternalTrainer {
    let file = folder.appending(path: "program-\(UUID().uuidString).sh")
    try script.write(to: file, atomically: true, encoding: .utf8)
    return try ExternalTrainer(
      model, program: TrainingProgram(command: ["/bin/sh", file.path]))
  }

  /// What the trainer says why it refuses what a script leaves.
  func refusal(_ script: String) async throws -> String {
    do {
      _ = try await Self.train(job, by: try trainer(script))
    } catch let error as LabError {
      return error.message
    }
    return "accepted"
  }

  /// Where programs find and leave everything.
  var jobFolder: URL { folder.appending(path: "other/.adapter.training") }
}
