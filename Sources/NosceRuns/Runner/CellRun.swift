import Foundation
import NosceCore
import NosceExperiment
import NosceGrading
import NoscePorts
import NosceRows

/// One subject of a run: trained, opened, asked.
struct CellRun: Sendable {
  private let runner: Runner
  private let cell: PlannedCell
  private let base: any Subject
  private let judge: Judge?
  private let done: DoneWork
  private let meter: ProgressMeter

  init(
    _ runner: Runner, _ cell: PlannedCell, base: any Subject, judge: Judge?, done: DoneWork,
    meter: ProgressMeter
  ) {
    self.runner = runner
    self.cell = cell
    self.base = base
    self.judge = judge
    self.done = done
    self.meter = meter
  }

  private var folder: RunFolder { runner.folder }
  private var store: RunStore { runner.folder.store }

  func run() async throws {
    let left = cell.units.filter { !done.isFinished(of: cell)($0) }
    let adapters = try await adapters(for: Set(left.map(\.step)))
    var subjects: [Int: any Subject] = [:]
    for unit in ordered(left) {
      try Task.checkCancellation()
      if subjects[unit.step] == nil {
        subjects[unit.step] = try await subject(after: unit.step, adapters)
      }
      guard let subject = subjects[unit.step] else { continue }
      try await ask(unit, subject)
      meter.asked(
        cell.id, isGate: runner.gateProbes.contains(unit.probe), work: runner.work(of: unit))
    }
    meter.finished(cell.id)
  }

  /// The subject after a step, 0 being the last. Always opened from where its adapter is kept: a run
  /// that is resumed can do no other.
  private func subject(
    after step: Int, _ adapters: [Int: AdapterReference]
  ) async throws -> any Subject {
    if cell.context != nil {
      return ContextSubject(
        subject: base, shown: folder.plan.rows(of: cell).compactMap(\.chat))
    }
    if cell.isUntrained { return base }
    guard let adapter = adapters[step] else {
      throw LabError(
        .backend,
        "\(cell.id): found no snapshot of step \(step); allowed: one for each step that was "
          + "asked for")
    }
    return try await runner.model.open(adapter)
  }

  // MARK: Adapters

  /// The adapters of the steps that are still to be asked about, and of the last under 0.
  private func adapters(for steps: Set<Int>) async throws -> [Int: AdapterReference] {
    if let planned = cell.adapter { return [0: try await derived(planned)] }
    guard let training = cell.training else { return [:] }
    let kept = try keptAdapters()
    let work = runner.trainingWork(of: cell)
    if kept[0] != nil, steps.allSatisfy({ kept[$0] != nil }) {
      meter.trained(cell.id, part: 1, of: work)
      return kept
    }
    let trained = try await train(training, work: work)
    meter.trained(cell.id, part: 1, of: work)
    return trained
  }

  /// What an earlier stretch of the run has left.
  private func keptAdapters() throws -> [Int: AdapterReference] {
    guard done.trained[cell.id] != nil else { return [:] }
    var kept: [Int: AdapterReference] = [:]
    kept[0] = try keptAdapter(of: cell.id)
    for (step, served) in done.snapshots[cell.id] ?? [:] {
      kept[step] = try reference(served, folder.snapshot(of: cell.id, step: step), of: cell.id)
    }
    return kept
  }

  /// The last adapter of a subject; nil where there is none.
  private func keptAdapter(of cell: String) throws -> AdapterReference? {
    guard let record = done.trained[cell] else { return nil }
    return try reference(record.served, folder.adapter(of: cell), of: cell)
  }

  private func reference(
    _ served: String?, _ place: URL, of cell: String
  ) throws -> AdapterReference? {
    if let served { return .served(served) }
    guard FileManager.default.fileExists(atPath: place.path) else { return nil }
    try folder.requireUnchanged(adapter: place, of: cell)
    return .folder(place)
  }

  /// The subject's adapter that is made of another one's.
  private func derived(_ planned: PlannedAdapter) async throws -> AdapterReference {
    if let kept = try keptAdapter(of: cell.id) { return kept }
    guard let source = try keptAdapter(of: planned.cell) else {
      let reason = done.failures[planned.cell].map { ": \($0)" } ?? ""
      throw LabError(
        .backend,
        "\(cell.id): found no adapter of \(planned.cell), of which its own is made\(reason); allowed: "
          + "one that was trained")
    }
    try Task.checkCancellation()
    let start = ContinuousClock.now
    let result = try await runner.model.derive(
      AdapterDerivation(
        name: cell.id, source: source, change: planned.change, seed: planned.seed,
        rows: folder.plan.rows(of: cell), directory: folder.adapter(of: cell.id)))
    store.submit(
      .derived(
        cell: cell.id, of: planned.cell, largestLogitChange: result.largestLogitChange,
        seconds: start.duration(to: .now) / .seconds(1), served: Self.served(result.adapter),
        files: try FileHash.files(of: result.adapter, cell: cell.id, in: folder.url)))
    try await store.drain()
    return result.adapter
  }

  private func train(
    _ training: PlannedTraining, work: Double
  ) async throws -> [Int: AdapterReference] {
    try Task.checkCancellation()
    guard let trainer = runner.model.trainer else {
      throw LabError(.refusedDesign, "\(cell.id): found no trainer; allowed: a model with one")
    }
    let start = ContinuousClock.now
    let job = try await trainer.submit(
      TrainingJob(
        name: cell.id, rows: training.rows, settings: training.settings, seed: training.seed,
        snapshotSteps: training.snapshotSteps, adapterDirectory: folder.adapter(of: cell.id),
        snapshotDirectory: folder.snapshots(of: cell.id)))
    store.submit(.job(job, cell: cell.id))
    do {
      let (result, copies) = try await follow(trainer.events(of: job), job, work)
      var adapters = copies
      adapters[0] = result.adapter
      store.submit(
        .trained(
          cell: cell.id, largestLogitChange: result.largestLogitChange,
          seconds: start.duration(to: .now) / .seconds(1), served: Self.served(result.adapter),
          files: try FileHash.files(of: result.adapter, cell: cell.id, in: folder.url)))
      try await store.drain()
      return adapters
    } catch {
      let isStopped = error is CancellationError || Task.isCancelled
      store.submit(
        .jobState(job, isStopped ? .cancelled : .failed, detail: isStopped ? nil : "\(error)"))
      throw error
    }
  }

  /// Writes down what a trainer says, up to its result.
  private func follow(
    _ events: AsyncThrowingStream<TrainingEvent, any Error>, _ job: JobID, _ work: Double
  ) async throws -> (TrainingResult, copies: [Int: AdapterReference]) {
    var copies: [Int: AdapterReference] = [:]
    var result: TrainingResult?
    for try await event in events {
      switch event {
      case .state(let state): store.submit(.jobState(job, state, detail: nil))
      case .progress(let progress):
        store.submit(.loss(cell: cell.id, step: progress.step, progress.loss))
        let part = Double(progress.step) / Double(max(1, progress.totalSteps))
        meter.trained(cell.id, part: min(part, 0.999), of: work)
      case .snapshot(let step, let adapter):
        copies[step] = adapter
        store.submit(
          .snapshot(
            cell: cell.id, step: step, served: Self.served(adapter),
            files: try FileHash.files(of: adapter, cell: cell.id, in: folder.url)))
      case .finished(let value): result = value
      }
    }
    // A stream whose reader was cancelled ends as one that has nothing more to say.
    try Task.checkCancellation()
    guard let result else {
      throw LabError(
        .backend, "\(cell.id): found the end of its training without a result; allowed: an adapter")
    }
    return (result, copies)
  }

  private static func served(_ adapter: AdapterReference) -> String? {
    if case .served(let name) = adapter { name } else { nil }
  }

  // MARK: Asking

  /// Puts what is left of a unit, and writes each answer as it comes.
  private func ask(_ unit: PlannedUnit, _ subject: any Subject) async throws {
    guard let probe = folder.plan.experiment.probe(unit.probe) else {
      throw LabError(.version, "\(folder.url.path): the plan names an unknown probe \(unit.probe)")
    }
    let answered = done.items(of: unit, cell)
    var asks = try AskBuilder(experiment: folder.plan.experiment, materials: runner.materials)
      .asks(of: probe, task: cell.task, seed: cell.seed)
      .filter { !answered.contains($0.item) }
    var asked = subject
    var time = (ask: 0.0, grade: 0.0)
    if let source = probe.source {
      // Everything that was answered must be there to be read.
      try await store.drain()
      let rows = try await store.measurements(cell: cell.id, probe: source, step: unit.step)
      let (continued, hasText) = Asker.continuing(rows, asks: asks)
      let asker = Asker(probe: probe, subject: base, base: base)
      for (ask, hasText) in zip(continued, hasText) where !hasText {
        write(asker.grade(.none, to: ask), to: ask, unit, nil)
      }
      asks = zip(continued, hasText).filter(\.1).map(\.0)
      asked = base
    }
    let asker = Asker(probe: probe, subject: asked, base: base)
    let start = ContinuousClock.now
    do {
      let prepared = try await asker.prepared(asks)
      try await asker.rate(prepared, judge: judge) { rated, seconds in
        time.grade += seconds
        write(rated.graded, to: prepared[rated.answered.place], unit, rated.answered)
      }
      time.ask = start.duration(to: .now) / .seconds(1) - time.grade
      note(time, unit)
    } catch {
      time.ask = start.duration(to: .now) / .seconds(1) - time.grade
      note(time, unit)
      throw error
    }
    try await store.drain()
  }

  private func write(
    _ graded: (text: String?, grade: Grade), to ask: Ask, _ unit: PlannedUnit,
    _ answered: Asker.Answered?
  ) {
    store.submit(
      .answer(
        GradedAnswer(
          cell: cell.id, probe: unit.probe, step: unit.step, ask: ask, answer: graded.text,
          grade: graded.grade, evidence: answered?.evidence, scored: answered?.scored,
          finish: answered?.answer.finish)))
  }

  private func note(_ time: (ask: Double, grade: Double), _ unit: PlannedUnit) {
    store.submit(
      .time(
        unit, cell: cell.id, isGate: runner.gateProbes.contains(unit.probe), ask: time.ask,
        grade: time.grade))
  }

  /// Gates first; an outside reader after the answers that it reads.
  private func ordered(_ units: [PlannedUnit]) -> [PlannedUnit] {
    func rank(_ unit: PlannedUnit) -> Int {
      if folder.plan.experiment.probe(unit.probe)?.source != nil { return 2 }
      return runner.gateProbes.contains(unit.probe) ? 0 : 1
    }
    return (0...2).flatMap { place in units.filter { rank($0) == place } }
  }
}
