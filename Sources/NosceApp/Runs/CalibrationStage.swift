import Foundation
import NosceCalibration
import NosceCatalog
import NosceCore
import NosceExperiment
import NosceFiles
import NoscePorts
import NosceRows
import NosceRuns
import NosceStudy
import NosceVerdicts
import NosceWriting

/// The search for a recipe before a run: found where it was kept, or carried out once and kept for the
/// model, the materials and the gates.
package struct CalibrationStage: Sendable {
  package let plan: CalibrationPlan
  /// Where the search is kept, or would be.
  package let file: URL
  /// Where its runs are, each as any other run.
  package let rounds: URL
  let materials: Materials
  let model: any ModelProvider
  let rows: RowFolder

  /// - Parameters:
  ///   - request: whose experiment and rows they are; a recipe that it brings counts for nothing.
  ///   - folder: where searches are kept.
  package init(
    _ request: ExperimentRequest, on model: any ModelProvider, in folder: URL
  ) throws {
    let loaded = try request.load()
    plan = try CalibrationPlan(
      experiment: loaded.experiment, model: model.identity, materials: loaded.materials)
    let name = Self.name(of: plan)
    file = folder.appending(path: "\(name).json")
    rounds = folder.appending(path: name)
    materials = loaded.materials
    self.model = model
    rows = request.rowFolder(of: model)
  }

  /// The name under which a search is kept.
  package static func name(of plan: CalibrationPlan) -> String {
    let names = [plan.experiment.name, plan.model.name].map(FileName.plain)
    let key = ContentHash.of("\(plan.hash) \(RecipeRecord.currentSchema)").prefix(12)
    return "\(names[0])-\(names[1])-\(key)"
  }

  /// Whether a run on the model has to look for a recipe first: where the file says how, has no recipe
  /// for a model of this name, and none was given by hand.
  package static func isNeeded(
    _ request: ExperimentRequest, on model: any ModelProvider
  ) throws -> Bool {
    let experiment = try request.load().experiment
    return experiment.calibration != nil && experiment.training.byHand == nil
      && !experiment.training.isWritten(for: model.identity.name)
  }

  /// Where a search is that was carried out: kept here, or one that ships; nil where nobody has searched.
  package func place() throws -> URL? {
    if FileManager.default.fileExists(atPath: file.path) { return file }
    return try RecipeCatalog.file(named: file.lastPathComponent)
  }

  /// What was kept, or ships; nil where nobody has searched.
  package func stored() throws -> RecipeRecord? {
    guard let file = try place() else { return nil }
    let record = try RecipeRecord.read(file)
    guard record.model.contentHash == model.identity.contentHash, record.searchHash == plan.hash
    else {
      throw LabError(
        .version,
        "\(file.path): found a recipe of another model, or of other gates and materials; allowed: the "
          + "file as Nosce named it")
    }
    return record
  }

  /// What a plan takes until a search has been carried out: the most training that it looks through.
  package var unsearched: TrainingRecipe.Calibrated {
    .init(candidate: plan.dearest, hash: "", trainings: 0)
  }

  /// What was kept, or what a search finds now, which is kept then. A search that was stopped goes on
  /// where it was.
  package func obtain(_ events: @escaping AppEvents) async throws -> RecipeRecord {
    if let record = try stored() { return record }
    try Storage.makeFolder(rounds)
    let lock = try FolderLock(
      file: rounds.appendingPathExtension("lock"), of: rounds, deed: "looking for this recipe")
    defer { withExtendedLifetime(lock) {} }
    let start = Date()
    events(.message(try await introduction()))
    let search = RecipeSearch(plan.settings, takesFewer: !plan.isOrdered) { [plan] in
      plan.trainings(of: $0)
    } trial: { round in
      try await carryOut(round, events)
    }
    let outcome = try await search.run()
    let record = try RecipeRecord(
      version: Version.text, plan: plan, started: start.ISO8601Format(),
      seconds: Date().timeIntervalSince(start), outcome: outcome)
    try Storage.write(try record.data(), to: file)
    return record
  }

  private func introduction() async throws -> String {
    let needs = RowNeeds(rows)
    let first = try self.plan(of: .confirmation(plan.dearest), needs)
    let forecast = try await model.forecast(
      try first.workSample(materials: materials), within: .seconds(10))
    let seconds = try await mostSeconds(forecast.rates).all
    return introduction(StageOutline.time(seconds))
  }

  private func introduction(_ time: String) -> String {
    let first = plan.settings.candidates(steps: plan.settings.steps.first ?? 0).count
    let values = plan.settings.development.sorted { $0.key < $1.key }
      .map { "\($0.key) \($0.value.joined(separator: ", "))" }.joined(separator: "; ")
    return
      "\(plan.experiment.name) has no recipe for \(model.identity.name): the least honest training is "
      + "looked for, \(first) recipes at first, at most "
      + "\(Counted.text(plan.settings.budget, "training")) and \(time), on \(values.isEmpty ? "seeds" : values) "
      + "apart from the run, asked nothing that a claim is about."
  }

  // MARK: A round

  private func carryOut(
    _ round: CalibrationPlan.Round, _ events: @escaping AppEvents
  ) async throws -> [RecipeTrial] {
    func planned() throws -> (plan: Plan, needs: RowNeeds) {
      let needs = RowNeeds(rows)
      return (try self.plan(of: round, needs), needs)
    }
    var (plan, needs) = try planned()
    try plan.checkMeasurable()
    if try !needs.missing().isEmpty {
      try await RowOutline(plan: plan, materials: materials, needs: needs, model: model, in: rows)
        .write(events)
      (plan, needs) = try planned()
    }
    let folder = try self.folder(of: plan, needs)
    let sample = try plan.workSample(materials: materials)
    let forecast = try await model.forecast(sample, within: .seconds(20))
    try forecast.checkMemory()
    try forecast.checkCost()
    let label = Self.label(round)
    try await Runner(
      folder: folder, model: model, materials: materials, rates: forecast.rates
    ) { now in
      events(
        .progress(
          label: label, done: now.subjectsDone, total: now.subjects,
          note: "\(now.stage.rawValue) \(now.detail)", fraction: now.fraction,
          secondsLeft: now.secondsLeft))
    } onMessage: {
      events(.message($0))
    }.run()
    events(.ended)
    return try trials(of: round, in: folder, try await RunRecord(folder))
  }

  /// A round, with placeholders for rows that are not written yet.
  func plan(of round: CalibrationPlan.Round, _ needs: RowNeeds) throws -> Plan {
    try Planner(
      experiment: plan.experiment(of: round), options: .init(exploratory: true), model: model,
      materials: materials, written: needs
    ).plan()
  }

  private static func label(_ round: CalibrationPlan.Round) -> String {
    switch round {
    case .search(let candidates):
      "calibrate, \(Counted.text(candidates.first?.steps ?? 0, "step"))"
    case .confirmation(let candidate): "confirm \(candidate.words)"
    }
  }

  /// The folder in which the round was begun, or a new one.
  private func folder(of plan: Plan, _ needs: RowNeeds) throws -> RunFolder {
    if let begun = RunFinder.run(of: plan, in: rounds) {
      return try RunFolder.resume(begun, model: model, materials: materials, written: rows)
    }
    let provenance = try Provenance.now(
      version: Version.text, plan: plan, threads: model.lanes, precision: model.precision)
    return try RunFolder.create(
      in: rounds, plan: plan, experimentText: nil, provenance: provenance,
      prepare: { folder in
        try rows.copy(needs.pools.map(\.pool), to: folder.appending(path: "rows"))
      })
  }

  private func trials(
    of round: CalibrationPlan.Round, in folder: RunFolder, _ record: RunRecord
  ) throws -> [RecipeTrial] {
    let results = try GateCheck(record).results()
    let gates = Dictionary(
      plan.gates.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let base = Set(plan.experiment.arms.filter { !$0.isTrained }.map(\.name))
    let isConfirmation = if case .confirmation = round { true } else { false }
    return round.candidates.enumerated().map { number, candidate in
      let arm = plan.name(of: plan.treatment.name, number)
      let rows = record.plan.cells.filter { $0.arm == arm }.compactMap(\.training).map { training in
        training.settings.steps
          * min(training.settings.batchRows ?? training.rows.count, training.rows.count)
      }
      return RecipeTrial(
        candidate: candidate, isConfirmation: isConfirmation, trainedRows: rows.max() ?? 0,
        gates: results.filter { $0.arm == arm || base.contains($0.arm) }.map { result in
          .init(
            name: result.name, passed: result.passed ?? false, value: result.value,
            threshold: result.threshold, detail: result.detail,
            isReached: gates[result.name].map(plan.isReached) ?? false)
        }, run: folder.url.lastPathComponent)
    }
  }
}
