import Foundation
import NosceCore
import NosceExperiment
import NosceGrading
import NoscePorts
import NosceRows

/// Carries out a plan: trains each subject, asks it, grades its answers and writes them down.
///
/// What the store has already is not done again, and no result depends on what was done before
/// it, so a run that was killed and resumed ends with the same measurements as one that was not.
/// A subject that fails ends itself and not the run; another call tries it again.
package struct Runner: Sendable {
  package var folder: RunFolder
  package var model: any ModelProvider
  package var materials: Materials
  package var rates: WorkRates
  /// The model that rates answers.
  package var judge: (any ModelProvider)?
  /// The subjects that are carried out; nil for all of the plan's.
  package var subjects: Set<String>?
  private var onProgress: @Sendable (RunProgress) -> Void
  private var onMessage: @Sendable (String) -> Void

  /// - Parameter onMessage: hears what a person should know at once, such as a subject that failed.
  package init(
    folder: RunFolder, model: any ModelProvider, materials: Materials,
    rates: WorkRates = WorkRates(), judge: (any ModelProvider)? = nil,
    subjects: Set<String>? = nil,
    onProgress: @escaping @Sendable (RunProgress) -> Void = { _ in },
    onMessage: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.folder = folder
    self.model = model
    self.materials = materials
    self.rates = rates
    self.judge = judge
    self.subjects = subjects
    self.onMessage = onMessage
    self.onProgress = onProgress
  }

  /// Does what is left to do. Cancelling the task ends it after what is under way; nothing that
  /// was written is lost.
  ///
  /// - Returns: the subjects that failed.
  @discardableResult
  package func run() async throws -> [CellFailure] {
    try folder.plan.checkMeasurable()
    let base = RememberingSubject(try await model.open(nil))
    let asked = try await judgeSubject()
    // A store that cannot be read is left as it is.
    let done = try await DoneWork(folder)
    let result: Result<[CellFailure], any Error>
    do {
      if let note = try await folder.store.beginSession() { onMessage(note) }
      result = .success(try await carryOut(done, base: base, judge: asked))
    } catch {
      result = .failure(error)
    }
    // What was under way when the run was stopped.
    await model.settle()
    await judge?.settle()
    do {
      for remark in try await model.remarks() + (judge?.remarks() ?? []) {
        folder.store.submit(.remark(remark))
      }
      if let note = try await folder.store.endSession() { onMessage(note) }
    } catch {
      // Why the run ended says more than that its end could not be written either.
      _ = try result.get()
      throw error
    }
    return try result.get()
  }

  private func carryOut(
    _ done: DoneWork, base: any Subject, judge: Judge?
  ) async throws -> [CellFailure] {
    let cells = folder.plan.cells.filter { subjects?.contains($0.id) ?? true }
    let todo = cells.filter { !done.isFinished($0) }
    let meter = ProgressMeter(
      subjects: cells.count, subjectsDone: cells.count - todo.count,
      units: cells.reduce(0) { $0 + $1.units.count },
      unitsDone: cells.reduce(0) { $0 + $1.units.count(where: done.isFinished(of: $1)) },
      workLeft: todo.reduce(0.0) { sum, cell in
        let left = cell.units.filter { !done.isFinished(of: cell)($0) }
        return sum + trainingWork(of: cell) + left.reduce(0) { $0 + work(of: $1) }
      }, report: onProgress)
    func carryOut(_ cells: [PlannedCell], _ done: DoneWork) async throws -> [CellFailure] {
      try await self.carryOut(cells, done, meter) { cell in
        try await CellRun(self, cell, base: base, judge: judge, done: done, meter: meter).run()
      }
    }
    let failures = try await carryOut(todo.filter { $0.adapter == nil }, done)
    let derived = todo.filter { $0.adapter != nil }
    if derived.isEmpty { return failures }
    // What adapters are made of is known once those are trained.
    try await folder.store.drain()
    return failures + (try await carryOut(derived, try await DoneWork(folder)))
  }

  /// Some of the subjects, as many at a time as the model takes.
  private func carryOut(
    _ cells: [PlannedCell], _ done: DoneWork, _ meter: ProgressMeter,
    _ run: @escaping @Sendable (PlannedCell) async throws -> Void
  ) async throws -> [CellFailure] {
    var failures: [CellFailure] = []
    try await withThrowingTaskGroup(of: CellFailure?.self) { group in
      var waiting = cells.makeIterator()
      func startNext() {
        guard let cell = waiting.next() else { return }
        group.addTask {
          try await ending(cell, done, meter) { try await run(cell) }
        }
      }
      for _ in 0..<max(1, model.lanes) { startNext() }
      while let ended = try await group.next() {
        if let failure = ended { failures.append(failure) }
        try Task.checkCancellation()
        startNext()
      }
    }
    return failures
  }

  /// Ends a subject that fails. What ends the run as well is thrown: that it was stopped, and that
  /// nothing can be written any longer.
  private func ending(
    _ cell: PlannedCell, _ done: DoneWork, _ meter: ProgressMeter,
    _ body: @Sendable () async throws -> Void
  ) async throws -> CellFailure? {
    do {
      if done.failures[cell.id] != nil { folder.store.submit(.retried(cell: cell.id)) }
      try await body()
      return nil
    } catch let error as CancellationError {
      throw error
    } catch {
      // A reply that was cut short because the run was stopped can look like a failure.
      try Task.checkCancellation()
      // A store that cannot be written any longer says so here.
      try await folder.store.drain()
      let failure = CellFailure(cell: cell.id, error: "\(error)")
      folder.store.submit(.failed(failure))
      try await folder.store.drain()
      meter.failed(cell.id)
      onMessage("\(cell.id) failed, the run goes on: \(error)")
      return failure
    }
  }

  // MARK: Work

  func trainingWork(of cell: PlannedCell) -> Double {
    cell.training.map { WorkEstimate($0).seconds(rates) } ?? 0
  }

  func work(of unit: PlannedUnit) -> Double {
    folder.plan.experiment.work(of: unit).seconds(rates)
  }

  var gateProbes: Set<String> {
    Set(folder.plan.experiment.gates.filter { $0.kind == .behaviour }.flatMap(\.probes))
  }

  // MARK: The judge

  /// The judge, once it is known that it can take what the probes ask of it.
  private func judgeSubject() async throws -> Judge? {
    let judged = folder.plan.experiment.probes.filter { $0.judging != nil }
    if judged.isEmpty { return nil }
    guard let judge else { throw LabError.missingJudge(judged.map(\.name)) }
    let result = try await Judge(opening: judge)
    try await check(result, judged)
    return result
  }

  /// Each kind of judging once, with its longest question.
  private func check(_ judge: Judge, _ probes: [Probe]) async throws {
    let builder = AskBuilder(experiment: folder.plan.experiment, materials: materials)
    var longest: [Judging: (probe: String, question: String)] = [:]
    for probe in probes {
      let cell = folder.plan.cells.first { cell in
        cell.units.contains { $0.probe == probe.name }
      }
      guard let cell, let judging = probe.judging else { continue }
      for ask in try builder.asks(of: probe, task: cell.task, seed: cell.seed) {
        let question = ask.chat.last?.content ?? ""
        if question.utf8.count >= longest[judging]?.question.utf8.count ?? 0 {
          longest[judging] = (probe.name, question)
        }
      }
    }
    for (judging, place) in longest.sorted(by: { $0.value.probe < $1.value.probe }) {
      try await judge.check(judging, probe: place.probe, question: place.question)
    }
  }
}
