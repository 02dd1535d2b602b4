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
package struct Runner: Sendable {
  package var folder: RunFolder
  package var backend: any Backend
  package var materials: Materials
  package var rates: WorkRates
  /// The model that rates answers.
  package var judge: (any Backend)?
  private var onProgress: @Sendable (RunProgress) -> Void

  package init(
    folder: RunFolder, backend: any Backend, materials: Materials,
    rates: WorkRates = WorkRates(), judge: (any Backend)? = nil,
    onProgress: @escaping @Sendable (RunProgress) -> Void = { _ in }
  ) {
    self.folder = folder
    self.backend = backend
    self.materials = materials
    self.rates = rates
    self.judge = judge
    self.onProgress = onProgress
  }

  /// Does what is left to do. Cancelling the task ends it after what is under way; nothing that
  /// was written is lost.
  package func run() async throws {
    let plan = folder.plan
    let base = try await backend.base()
    try checkCapabilities(of: base)
    let judge = try await judgeSubject()
    try await folder.store.beginSession()
    let finished = try await folder.store.finishedUnits()
    let trained = Set(try await folder.store.trainingRecords().map(\.cell))
    let todo = plan.cells.filter { !isFinished($0, finished, trained) }
    let meter = ProgressMeter(
      subjects: plan.cells.count, subjectsDone: plan.cells.count - todo.count,
      units: plan.cells.reduce(0) { $0 + $1.units.count },
      unitsDone: finished.values.reduce(0) { $0 + $1.count },
      workLeft: todo.reduce(0.0) { sum, cell in
        let left = cell.units.filter { unit in !isFinished(unit, of: cell, finished) }
        return sum + trainingWork(of: cell) + left.reduce(0) { $0 + work(of: $1) }
      }, report: onProgress)
    try await withThrowingTaskGroup(of: Void.self) { group in
      var waiting = todo.makeIterator()
      func startNext() {
        guard let cell = waiting.next() else { return }
        group.addTask {
          try await run(
            cell, base: base, judge: judge, finished: finished[cell.id] ?? [],
            isTrained: trained.contains(cell.id), meter: meter)
        }
      }
      for _ in 0..<max(1, backend.parallelCells) { startNext() }
      while try await group.next() != nil {
        try Task.checkCancellation()
        startNext()
      }
    }
  }

  // MARK: One subject

  private func run(
    _ cell: PlannedCell, base: any Subject, judge: Judge?, finished: Set<UnitKey>,
    isTrained: Bool, meter: ProgressMeter
  ) async throws {
    let left = cell.units.filter { !finished.contains(UnitKey(probe: $0.probe, step: $0.step)) }
    let subjects = try await subjects(
      for: cell, base: base, needsSnapshots: left.contains { $0.step > 0 }, isTrained: isTrained,
      meter: meter)
    for unit in ordered(left) {
      try Task.checkCancellation()
      guard let subject = subjects[unit.step] else {
        throw LabError(
          .backend,
          "\(cell.id): found no snapshot of step \(unit.step); allowed: one for each step that was "
            + "asked for")
      }
      try await ask(unit, of: cell, subject: subject, base: base, judge: judge)
      meter.asked(cell.id, isGate: gateProbes.contains(unit.probe), work: work(of: unit))
    }
    meter.finished(cell.id)
  }

  /// The subject after the last step under 0, and snapshots under their steps.
  private func subjects(
    for cell: PlannedCell, base: any Subject, needsSnapshots: Bool, isTrained: Bool,
    meter: ProgressMeter
  ) async throws -> [Int: any Subject] {
    guard let training = cell.training else { return [0: base] }
    let adapter = folder.adapter(of: cell.id)
    let work = trainingWork(of: cell)
    let isThere = FileManager.default.fileExists(atPath: adapter.path)
    var subjects: [Int: any Subject] = [:]
    if !isTrained || !isThere || needsSnapshots {
      try Task.checkCancellation()
      let job = TrainingJob(
        name: cell.id, rows: training.rows, settings: training.settings, seed: training.seed,
        snapshotSteps: training.snapshotSteps, adapterDirectory: adapter)
      let start = ContinuousClock.now
      let result = try await backend.train(job) { progress in
        let part = Double(progress.step) / Double(max(1, progress.totalSteps))
        meter.trained(cell.id, part: min(part, 0.999), of: work)
      }
      subjects = result.snapshots
      try await folder.store.record(
        TrainingRecord(
          cell: cell.id, losses: result.losses, largestLogitChange: result.largestLogitChange,
          seconds: (ContinuousClock.now - start) / .seconds(1)))
    }
    meter.trained(cell.id, part: 1, of: work)
    // Always asked through the adapter on disk: a resumed run can do no other.
    subjects[0] = try await backend.restore(adapter: adapter)
    return subjects
  }

  private func ask(
    _ unit: PlannedUnit, of cell: PlannedCell, subject: any Subject, base: any Subject,
    judge: Judge?
  ) async throws {
    guard let probe = folder.plan.experiment.probe(unit.probe) else {
      throw LabError(.version, "\(folder.url.path): the plan names an unknown probe \(unit.probe)")
    }
    var asks = try AskBuilder(experiment: folder.plan.experiment, materials: materials)
      .asks(of: probe, task: cell.task, seed: cell.seed)
    var hasText = [Bool](repeating: true, count: asks.count)
    var asked = subject
    if let source = probe.source {
      let answers = try await folder.store.measurements(
        cell: cell.id, probe: source, step: unit.step)
      (asks, hasText) = Asker.continuing(answers, asks: asks)
      asked = base
    }
    let asker = Asker(probe: probe, subject: asked, base: base)
    let start = ContinuousClock.now
    let present = try await asker.prepared(zip(asks, hasText).filter(\.1).map(\.0))
    var answers = try await asker.answers(to: present)[...]
    var ready = present[...]
    let rows = zip(asks, hasText).map { ask, hasText -> (Ask, RawAnswer) in
      guard hasText, let ask = ready.popFirst(), let answer = answers.popFirst() else {
        return (ask, .none)
      }
      return (ask, answer)
    }
    let answeredAt = ContinuousClock.now
    let grades = try await asker.grades(of: rows.map(\.1), to: rows.map(\.0), judge: judge)
    let measurements = zip(rows.map(\.0), grades).map { ask, graded in
      GradedAnswer(
        cell: cell.id, probe: probe.name, step: unit.step, ask: ask, answer: graded.text,
        grade: graded.grade)
    }
    let time = RunStore.UnitTime(
      isGate: gateProbes.contains(probe.name), ask: (answeredAt - start) / .seconds(1),
      grade: (ContinuousClock.now - answeredAt) / .seconds(1))
    try await folder.store.record(unit, of: cell.id, measurements: measurements, time: time)
  }

  // MARK: Order and work

  private func trainingWork(of cell: PlannedCell) -> Double {
    cell.training.map { WorkEstimate($0).seconds(rates) } ?? 0
  }

  private func work(of unit: PlannedUnit) -> Double {
    folder.plan.experiment.work(of: unit).seconds(rates)
  }

  /// Gates first; an outside reader after the answers that it reads.
  private func ordered(_ units: [PlannedUnit]) -> [PlannedUnit] {
    func rank(_ unit: PlannedUnit) -> Int {
      if folder.plan.experiment.probe(unit.probe)?.source != nil { return 2 }
      return gateProbes.contains(unit.probe) ? 0 : 1
    }
    return (0...2).flatMap { place in units.filter { rank($0) == place } }
  }

  private var gateProbes: Set<String> {
    Set(folder.plan.experiment.gates.filter { $0.kind == .behaviour }.flatMap(\.probes))
  }

  private func isFinished(
    _ unit: PlannedUnit, of cell: PlannedCell, _ finished: [String: Set<UnitKey>]
  ) -> Bool {
    finished[cell.id]?.contains(UnitKey(probe: unit.probe, step: unit.step)) ?? false
  }

  private func isFinished(
    _ cell: PlannedCell, _ finished: [String: Set<UnitKey>], _ trained: Set<String>
  ) -> Bool {
    (cell.training == nil || trained.contains(cell.id))
      && cell.units.allSatisfy { isFinished($0, of: cell, finished) }
  }

  /// The judge, once it is known that it can do what the probes ask of it.
  private func judgeSubject() async throws -> Judge? {
    try folder.plan.checkJudge()
    let judged = folder.plan.experiment.probes.filter { $0.judging != nil }
    guard let probe = judged.first else { return nil }
    guard let judge else { throw LabError.missingJudge(judged.map(\.name)) }
    let subject = try await judge.base()
    if judged.contains(where: { $0.judging?.needsLogProbabilities ?? false }),
      !subject.capabilities.exactLogProbabilities
    {
      throw LabError(
        .refusedDesign,
        "\(probe.name): the judge needs exact log-probabilities, which \(judge.name) does not give"
      )
    }
    let result = Judge(subject)
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

  /// What the model cannot do is found out before anything is spent.
  private func checkCapabilities(of base: any Subject) throws {
    for probe in folder.plan.experiment.probes {
      if probe.scoredTexts != nil, !base.capabilities.exactLogProbabilities {
        throw LabError(
          .refusedDesign,
          "\(probe.name): needs exact log-probabilities, which \(backend.name) does not give")
      }
      let prefills = probe.prompt?.prefills ?? false
      if prefills || probe.source != nil, !base.capabilities.prefill {
        throw LabError(
          .refusedDesign,
          "\(probe.name): needs answers with a given beginning, which \(backend.name) does not take"
        )
      }
    }
  }
}
