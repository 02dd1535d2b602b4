import NosceCore
import NosceLocal
import NosceReport
import NosceRuns
import NosceVerdicts

/// What an export of a run consists of, made and not yet written.
struct ExportContents {
  static let readme = "README.md"

  let summary: RunSummary
  let tables: [ExportTable]
  let adapters: ExportedAdapters
  /// Answers of the subjects that enter contrasts.
  let answers: Int

  init(_ run: RunFolder, _ record: RunRecord) async throws {
    summary = try ReportWriter.summary(of: run, record)
    adapters = try ExportedAdapters(run, record)
    let measurements = record.measurements()
    let answers = record.measurements(mainOnly: true)
    let measured = MeasurementExport(summary, ScoreTable(record))
    let subjects = SubjectExport(
      record, losses: try await Self.losses(of: run, record),
      adapters: Dictionary(
        adapters.whole.map { ($0, "adapters/\($0)") }, uniquingKeysWith: { first, _ in first }),
      order: try Self.rowOrder(of: run))
    tables =
      [
        measured.arms(), measured.seeds(), measured.tasks(), MeasurementExport.answers(answers),
        MeasurementExport.doseAnswers(measurements.filter { $0.kind != "main" }),
        ScoredTextExport.table(measurements),
      ] + DesignExport(record).tables + ResultExport(summary).tables + subjects.tables
    self.answers = answers.count
  }

  /// - Parameter hasGGUF: the adapters lie beside it as GGUF files, too.
  func readme(hasGGUF: Bool) -> String {
    ExportReadme(
      summary, tables: tables, adapters: adapters.whole.count, hasGGUF: hasGGUF,
      problems: adapters.problems
    ).markdown()
  }

  /// Stores of the first version have losses with what a training came to.
  private static func losses(
    of run: RunFolder, _ record: RunRecord
  ) async throws -> [String: [Double]] {
    try await run.store.losses().merging(
      record.training.map { ($0.cell, $0.losses) }, uniquingKeysWith: { first, _ in first })
  }

  /// The order in which the engine reads rows; whoever else trains does not say.
  private static func rowOrder(
    of run: RunFolder
  ) throws -> (PlannedTraining) -> AnyIterator<[Int]>? {
    let isScript = ModelLocator.script(try RunRequest.read(in: run).subject) != nil
    return { training in
      isScript ? nil : training.settings.rowOrder(of: training.rows.count, seed: training.seed)
    }
  }
}
