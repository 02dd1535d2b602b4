import Foundation
import NosceCore
import NosceExperiment
import NosceRuns
import NosceTestSupport
import Synchronization
import Testing

@Suite struct RunTests {
  struct Killed: Error {}

  func experiment() throws -> Experiment {
    var experiment = try smallExperiment().applying(seeds: 2)
    var reader = try #require(experiment.probe("says")?.reader(named: "reader"))
    reader.arms = ["treatment"]
    experiment.probes.append(reader)
    return experiment
  }

  let options = Plan.Options(exploratory: true, curves: true)
  let model = RuleModel(script: .init(spelling: 0.8, naming: 0.6))

  func undisturbed() async throws -> [GradedAnswer] {
    try await withFolder(inMemory: true) { url in
      let folder = try makeRunFolder(try experiment(), in: url, model: model, options: options)
      try await Runner(folder: folder, model: model).run()
      return try await folder.store.measurements()
    }
  }

  /// Runs, and dies at the given write.
  func die(at write: Int, _ folder: RunFolder) async -> Bool {
    do {
      try await Runner(folder: folder, model: model).run()
      return false
    } catch is Killed {
      return true
    } catch {
      Issue.record(error)
      return false
    }
  }

  @Test func aRunThatDiesAtAnyWriteEndsWithTheSameMeasurements() async throws {
    let expected = try await undisturbed()
    #expect(expected.count > 40)
    var write = 1
    var died = true
    while died {
      let limit = write
      died = try await withFolder(inMemory: true) { url in
        var path = url
        do {
          let folder = try makeRunFolder(
            try experiment(), in: url, model: model, options: options,
            beforeCommit: { if $0 >= limit { throw Killed() } })
          path = folder.url
          if await !die(at: limit, folder) {
            #expect(try await folder.store.measurements() == expected)
            return false
          }
          // The last write may hold nothing but how long a subject was asked.
          #expect(try await folder.store.measurements().count <= expected.count)
        }
        let folder = try RunFolder.resume(path, model: model)
        try await Runner(folder: folder, model: model).run()
        #expect(try await folder.store.measurements() == expected, "died at write \(limit)")
        return true
      }
      write += 1
    }
    #expect(write > 30)
  }

  @Test func aRunThatDiesAgainAndAgainEndsWithTheSameMeasurements() async throws {
    let expected = try await undisturbed()
    try await withFolder(inMemory: true) { url in
      var path = url
      do {
        let folder = try makeRunFolder(
          try experiment(), in: url, model: model, options: options,
          beforeCommit: { if $0 > 8 { throw Killed() } })
        path = folder.url
        _ = await die(at: 8, folder)
      }
      var sessions = 1
      while sessions < 200 {
        let folder = try RunFolder.resume(
          path, model: model, beforeCommit: { if $0 > 8 { throw Killed() } })
        sessions += 1
        if await !die(at: 8, folder) { break }
      }
      let folder = try RunFolder.read(path)
      #expect(try await folder.store.measurements() == expected)
      #expect(sessions > 3)
    }
  }

  @Test func theNumberOfSubjectsAtATimeChangesNothing() async throws {
    let expected = try await undisturbed()
    for parallel in [1, 7] {
      try await withFolder(inMemory: true) { url in
        var other = model
        other.lanes = parallel
        let folder = try makeRunFolder(try experiment(), in: url, model: other, options: options)
        try await Runner(folder: folder, model: other).run()
        #expect(try await folder.store.measurements() == expected)
      }
    }
  }

  @Test func aFinishedRunHasNothingLeftToDo() async throws {
    try await withFolder(inMemory: true) { url in
      let path: URL
      let expected: [GradedAnswer]
      do {
        let folder = try makeRunFolder(
          try experiment(), in: url, model: model, options: options)
        try await Runner(folder: folder, model: model).run()
        expected = try await folder.store.measurements()
        path = folder.url
      }
      let folder = try RunFolder.resume(path, model: model)
      let done = Mutex<[RunProgress]>([])
      try await Runner(folder: folder, model: model) { part in
        done.withLock { $0.append(part) }
      }.run()
      #expect(done.withLock { $0 } == [])
      #expect(try await folder.store.measurements() == expected)
    }
  }

  @Test func cancellingStopsCleanly() async throws {
    try await withFolder(inMemory: true) { url in
      let folder = try makeRunFolder(try experiment(), in: url, model: model, options: options)
      let task = Task { try await Runner(folder: folder, model: model).run() }
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
    }
  }

  @Test func progressCountsUpToTheEnd() async throws {
    try await withFolder(inMemory: true) { url in
      let folder = try makeRunFolder(try experiment(), in: url, model: model, options: options)
      let parts = Mutex<[RunProgress]>([])
      try await Runner(folder: folder, model: model) { part in
        parts.withLock { $0.append(part) }
      }.run()
      let progress = parts.withLock { $0 }
      #expect(progress.map(\.unitsDone).max() == progress.last?.units)
      #expect(progress.map(\.subjectsDone).max() == progress.last?.subjects)
      #expect(progress.map(\.fraction).max().map { $0 > 0.999 } == true)
      #expect(Set(progress.map(\.stage)) == [.train, .gate, .ask])
    }
  }

  @Test func measurementsHoldEveryAnswer() async throws {
    try await withFolder(inMemory: true) { url in
      let folder = try makeRunFolder(try experiment(), in: url, model: model, options: options)
      try await Runner(folder: folder, model: model).run()
      let record = try await RunRecord(folder)
      let all = record.measurements()
      #expect(all.count == record.answers.count)
      let main = all.filter { $0.kind == "main" }
      #expect(!main.isEmpty && record.measurements(mainOnly: true) == main)
      #expect(Set(all.map(\.kind)) == ["main", "steps", "rows", "layers"])
      #expect(record.seconds["total"].map { $0 > 0 } == true)
    }
  }
}
