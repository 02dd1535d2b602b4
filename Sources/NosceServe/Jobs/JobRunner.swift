import Foundation
import NosceCore
import NosceFormats
import NosceLocal
import NoscePorts

/// The fine-tuning jobs: one trains at a time, the others wait. What becomes of a job is written down as it
/// happens, so that a server that starts again goes on: a job that was not at its end starts over.
actor JobRunner {
  let folder: URL
  private let files: FileStore
  let shelf: ModelShelf
  /// How many jobs may be under way, those that wait included.
  private let limit: Int
  /// Hears what a person should know and no client is told.
  private let complain: @Sendable (String) -> Void
  var jobs: [String: FineTuningJob] = [:]
  var running: (id: String, work: Task<Void, Never>)?
  var written = ContinuousClock.now
  /// Of the job that trains, after its latest step.
  var lastLoss: Double?

  private static let prefix = "ftjob-"
  static let leastRows = 10
  private static let mostJobs = 10_000

  init(
    _ folder: URL, files: FileStore, shelf: ModelShelf, limit: Int,
    complain: @escaping @Sendable (String) -> Void
  ) throws {
    self.folder = folder
    self.files = files
    self.shelf = shelf
    self.limit = limit
    self.complain = complain
    try Storage.makeFolder(folder)
    for name in try Storage.names(in: folder) where Identifier.isOne(name, Self.prefix) {
      let data = try Storage.read(folder.appending(path: name).appending(path: "job.json"))
      do {
        jobs[name] = try JSONDecoder().decode(FineTuningJob.self, from: data)
      } catch {
        throw LabError(
          .storage,
          "\(folder.path)/\(name)/job.json: found no record of a job; allowed: what nosce serve "
            + "wrote", cause: error)
      }
    }
  }

  func place(_ id: String) -> URL { folder.appending(path: id) }

  static var now: Int { Int(Date().timeIntervalSince1970) }

  /// Serves what finished jobs have made, and takes up the others again.
  func begin() async {
    for job in jobs.values where job.status == .succeeded { await offer(job) }
    for id in jobs.keys {
      guard let job = jobs[id], !job.status.isOver else { continue }
      change(id) { job in
        if job.status == .running {
          job.note("The server was started again, and the job starts over.", level: "warn")
        }
        job.status = .queued
        job.checkpoints = []
      }
    }
    goOn()
  }

  /// Stops the job that trains; it is taken up again by the next start.
  func stop() async {
    guard let work = running?.work else { return }
    work.cancel()
    await work.value
  }

  // MARK: Asked from outside

  func create(_ request: JobRequest) async throws -> JSON {
    guard let base = shelf.base(request.model) else {
      guard (try? await shelf.model(request.model)) == nil else {
        throw APIError.invalid(
          "model", found: "'\(request.model.prefix(200))', which has an adapter already",
          allowed: "a base model")
      }
      throw APIError.noModel(request.model)
    }
    guard jobs.count < Self.mostJobs else {
      throw APIError(
        400, "found \(jobs.count) jobs; allowed: at most \(Self.mostJobs)", code: "too_many_jobs")
    }
    let waiting = jobs.values.count { !$0.status.isOver }
    guard waiting < limit else {
      throw APIError(
        429, "found \(waiting) jobs that are not at their end; allowed: at most \(limit)",
        type: "rate_limit_error", code: "too_many_jobs", retryAfter: 60)
    }
    let file: UploadedFile
    let content: Data
    do {
      file = try await files.file(request.trainingFile)
      content = try await files.content(request.trainingFile)
    } catch let error as APIError {
      throw APIError(400, error.message, parameter: "training_file", code: "file_not_found")
    }
    var job = FineTuningJob(
      id: Identifier.make(Self.prefix), created: Self.now, model: request.model,
      modelHash: base.local.identity.contentHash, status: .validating,
      trainingFile: file.id, fileName: file.name, suffix: request.suffix,
      seed: request.seed ?? 1, asked: request.hyperparameters, metadata: request.metadata)
    job.note("Created fine-tuning job: \(job.id)")
    let record = try JSONEncoder().encode(job)
    // The rows stay the job's, whatever becomes of the file.
    try AtomicFolder.write(place(job.id)) { folder in
      try Storage.write(content, to: folder.appending(path: "rows.jsonl"))
      try Storage.write(record, to: folder.appending(path: "job.json"))
    }
    jobs[job.id] = job
    goOn()
    return job.json(nil)
  }

  func job(_ id: String) throws(APIError) -> FineTuningJob {
    guard let job = jobs[id] else { throw .nothing("job", id, parameter: "job_id") }
    return job
  }

  func json(_ id: String) throws(APIError) -> JSON {
    let job = try job(id)
    return job.json(plan(of: job))
  }

  /// From the newest on.
  func all() -> [(id: String, json: JSON)] {
    jobs.values.sorted { ($0.created, $0.id) > ($1.created, $1.id) }
      .map { ($0.id, $0.json(plan(of: $0))) }
  }

  /// How many jobs there are of each status.
  func counts() -> [(status: String, count: Int)] {
    Dictionary(grouping: jobs.values, by: \.status.rawValue).mapValues(\.count)
      .sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  func cancel(_ id: String) async throws -> JSON {
    let found = try job(id)
    guard !found.status.isOver else {
      throw APIError(
        400, "Job \(id) has \(found.status.rawValue) already.", parameter: "job_id",
        code: "invalid_job_state")
    }
    change(id) { job in
      job.status = .cancelled
      job.finished = Self.now
      job.note("The job was cancelled.")
    }
    if running?.id == id { running?.work.cancel() }
    return try json(id)
  }

  private func plan(of job: FineTuningJob) -> JobPlan? {
    guard let rows = job.rows, let base = shelf.base(job.model) else { return nil }
    return JobPlan(job.asked, rows: rows, recipe: BaseRecipe(for: base.local))
  }

  // MARK: Records

  /// Changes a job and writes it down. Where that cannot be done, the job goes on in memory, and a person
  /// is told.
  func change(
    _ id: String, writes: Bool = true, _ body: (inout FineTuningJob) -> Void
  ) {
    guard var job = jobs[id] else { return }
    body(&job)
    jobs[id] = job
    guard writes else { return }
    written = .now
    do {
      try Storage.write(try JSONEncoder().encode(job), to: place(id).appending(path: "job.json"))
    } catch {
      complain("\(id): \(error)")
    }
  }

  func offer(_ job: FineTuningJob) async {
    guard let base = shelf.base(job.model), base.local.identity.contentHash == job.modelHash else {
      complain("\(job.id): its base model \(job.model) is not served, so it is not either")
      return
    }
    if let name = job.fineTunedModel {
      await base.offer(
        name, folder: place(job.id).appending(path: "adapter"),
        created: job.finished ?? job.created)
    }
    for checkpoint in job.checkpoints {
      await base.offer(
        checkpoint.model,
        folder: place(job.id).appending(path: "snapshots/step-\(checkpoint.step)"),
        created: checkpoint.created)
    }
  }
}
