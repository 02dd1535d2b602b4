import Foundation
import NosceCore
import NosceEngine
import NosceFormats
import NosceLocal
import NoscePorts
import NosceTestSupport
import NosceTrainers
import Testing

@Suite("Training by another program")
struct ExternalTrainerTests {
  @Test("What a program leaves is taken in as if we had trained it")
  func success() async throws {
    try await withFolder { folder in
      let fake = try await FakeTraining(in: folder)
      let trainer = try fake.trainer(fake.script())
      let trained = try await FakeTraining.train(fake.job, by: trainer)
      #expect(trained.states == [.queued, .running, .succeeded])
      #expect(trained.losses == fake.own.losses)
      #expect(trained.snapshots == [2])
      #expect(
        trained.result?.largestLogitChange == fake.own.result?.largestLogitChange)
      #expect(try contents(of: fake.job.adapterDirectory) == contents(of: fake.ownAdapter))
      #expect(
        try contents(of: fake.job.snapshot(2))
          == contents(of: folder.appending(path: "own/snapshots/step-2")))
      #expect(!exists(fake.jobFolder))
      #expect(
        await trainer.remarks() == ["Trained by Fake 7.1 (torch 0), outside of this program."])
      #expect(trainer.name == "command:sh")
    }
  }

  @Test("A job says everything, and its rows are ours")
  func jobFolder() async throws {
    try await withFolder { folder in
      let fake = try await FakeTraining(in: folder)
      _ = try await fake.refusal("exit 1")
      let files = fake.jobFolder
      #expect(
        names(in: files) == [
          "job.json", "log.txt", "rows.jsonl", "start", "steps.json", "tokens.jsonl",
        ])
      let settings = try #require(
        try JSON(parsing: try Data(contentsOf: files.appending(path: "job.json"))).object)
      #expect(settings["schema"]?.string == "nosce-training-job-1")
      #expect(settings["steps"]?.integer == 3 && settings["seed"]?.string == "11")
      #expect(settings["clip_norm"]?.number == 1 && settings["learning_rate"]?.number == 5e-3)
      let lines = try String(contentsOf: files.appending(path: "tokens.jsonl"), encoding: .utf8)
        .split(separator: "\n")
      let examples = try fake.model.checkpoint.encoded(fake.job.rows, of: "test")
      #expect(lines.count == examples.count)
      for (line, example) in zip(lines, examples) {
        let row = try #require(try JSON(parsing: String(line)).object)
        #expect(row["input_ids"] == .integers(example.tokens.map(Int.init)))
        let learnt = row["completion_mask"]?.array?.compactMap(\.integer).reduce(0, +)
        #expect(learnt == example.targetCount)
      }
      let steps = try JSON(parsing: try Data(contentsOf: files.appending(path: "steps.json")))
      #expect(
        steps.object?["steps"]
          == .array([[Int]](repeating: [0, 1, 2, 3, 4], count: 3).map(JSON.integers)))
      let start = try LoRAAdapter(
        directory: files.appending(path: "start"), model: fake.model.checkpoint.model.configuration)
      #expect(start.layout.modules.count == 28)
    }
  }

  @Test("A program that is not there is an error before anything is written")
  func missing() async throws {
    try await withFolder { folder in
      let fake = try await FakeTraining(in: folder)
      let trainer = try ExternalTrainer(
        fake.model, program: TrainingProgram(command: ["no-such-program-anywhere"]))
      await #expect(throws: LabError.self) { try await trainer.submit(fake.job) }
      #expect(!exists(fake.jobFolder))
    }
  }

  @Test("Whether a Python has what is needed is asked before a run")
  func check() async throws {
    try await withFolder { folder in
      let fake = try await FakeTraining(in: folder)
      func trainer(_ python: String) throws -> ExternalTrainer {
        try ExternalTrainer(fake.model, program: try TrainingProgram(python: python))
      }
      try await trainer("true").check()
      for wrong in ["false", "no-such-program-anywhere"] {
        await #expect(throws: LabError.self) { try await trainer(wrong).check() }
      }
    }
  }

  @Test(
    "TRL reads folders; another program may read what it likes",
    .enabled(if: RealModels.smolLM2.isThere, "\(RealModels.smolLM2.missing)"))
  func file() throws {
    let model = try LocalModel(
      try ModelFiles(at: try RealModels.smolLM2.needed()), name: "smollm2", summary: "")
    #expect(throws: LabError.self) {
      try ExternalTrainer(model, program: try TrainingProgram(python: "true"))
    }
    _ = try ExternalTrainer(model, program: TrainingProgram(command: ["true"]))
  }

  @Test("However much a program says, its steps are heard")
  func endless() async throws {
    try await withFolder { folder in
      let fake = try await FakeTraining(in: folder)
      let noise = "head -c 20000000 /dev/zero | tr '\\0' 'x'"
      let script = fake.script(before: "\(noise)\necho\n\(noise) >&2\nyes | head -n 200000")
      let trained = try await FakeTraining.train(fake.job, by: try fake.trainer(script))
      #expect(trained.losses == fake.own.losses)
    }
  }

  @Test("A program that fails is quoted")
  func failure() async throws {
    try await withFolder { folder in
      let fake = try await FakeTraining(in: folder)
      let message = try await fake.refusal("echo one >&2\necho out of memory >&2\nexit 3")
      #expect(message.contains("exit code 3") && message.contains("said last: out of memory"))
      let log = try String(
        contentsOf: fake.jobFolder.appending(path: "log.txt"), encoding: .utf8)
      #expect(log == "one\nout of memory\n")
      // The next attempt begins anew.
      _ = try await FakeTraining.train(fake.job, by: try fake.trainer(fake.script()))
      #expect(!exists(fake.jobFolder))
    }
  }

  @Test("Giving up a job ends its program, and what that has started")
  func cancellation() async throws {
    try await withFolder { folder in
      let fake = try await FakeTraining(in: folder)
      let started = folder.appending(path: "started")
      let heard = folder.appending(path: "heard")
      let trainer = try fake.trainer(
        "trap 'echo yes > \"\(heard.path)\"; exit 143' TERM\nsleep 600 &\n"
          + "echo $$ $! > '\(started.path).new'\nmv '\(started.path).new' '\(started.path)'\nwait")
      let task = Task { try await FakeTraining.train(fake.job, by: trainer) }
      while !exists(started) { try await Task.sleep(for: .milliseconds(20)) }
      let pids = try String(contentsOf: started, encoding: .utf8)
        .split(whereSeparator: \.isWhitespace).compactMap { pid_t($0) }
      #expect(pids.count == 2 && pids.allSatisfy { kill($0, 0) == 0 })
      task.cancel()
      _ = try? await task.value
      await trainer.settle()
      // The program's own child is reaped by whoever inherits it, some time later.
      #expect(kill(pids[0], 0) != 0)
      // It was asked first; what does not listen is killed 10 seconds later.
      #expect(exists(heard))
      for _ in 0..<100 where kill(pids[1], 0) == 0 && !Self.isDead(pids[1]) {
        try await Task.sleep(for: .milliseconds(20))
      }
      #expect(kill(pids[1], 0) != 0 || Self.isDead(pids[1]))
      #expect(!exists(fake.jobFolder) && !exists(fake.job.adapterDirectory))
    }
  }

  /// Whether a process has ended and only waits to be asked how.
  private static func isDead(_ pid: pid_t) -> Bool {
    let status = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
    return status.split(separator: ")").last?.hasPrefix(" Z") ?? false
  }

  @Test("One program at a time; the others wait, and can be given up meanwhile")
  func turns() async throws {
    try await withFolder { folder in
      let fake = try await FakeTraining(in: folder)
      let running = folder.appending(path: "running").path
      // Fails where two run at once.
      let script = fake.script(
        before: "mkdir '\(running)'\nsleep 0.2", after: "rmdir '\(running)'")
      let trainer = try fake.trainer(script)
      var jobs: [TrainingJob] = []
      for number in 0..<3 {
        var job = fake.job
        job.adapterDirectory = folder.appending(path: "several/\(number)/adapter")
        job.snapshotDirectory = folder.appending(path: "several/\(number)/snapshots")
        jobs.append(job)
      }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for job in jobs {
          group.addTask { _ = try await FakeTraining.train(job, by: trainer) }
        }
        try await group.waitForAll()
      }
      #expect(jobs.allSatisfy { exists($0.adapterDirectory) })
    }
  }

  @Test("Names of trainers")
  func programs() throws {
    let program = try TrainingProgram(named: "command:/opt/my train", arguments: ["--fast", "a b"])
    #expect(program.name == "command:my train")
    #expect(program.words == ["/opt/my train", "--fast", "a b"])
    for wrong in ["", "command:", "axolotl", "TRL"] {
      #expect(throws: LabError.self) { try TrainingProgram(named: wrong) }
    }
    let trl = try TrainingProgram(named: "trl", environment: ["NOSCE_PYTHON": "/venv/bin/python"])
    #expect(
      trl.words.first == "/venv/bin/python" && trl.words.last?.hasSuffix("nosce_trl.py") == true)
    #expect(try TrainingProgram(named: "trl", environment: [:]).words.first == "python3")
    #expect(throws: LabError.self) { try TrainingProgram(named: "trl", arguments: ["--fast"]) }
  }
}
