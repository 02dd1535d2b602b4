import Foundation
import NosceCore
import NosceFormats
import NoscePorts
import Synchronization

/// Fine-tunes a model where it is served: rows are uploaded, a job is ordered and followed, and what comes
/// of it is asked by its name.
///
/// What is ordered is written down before it is sent, under the hash of all of it. So it is never paid for
/// twice: an order that is there already is followed, also by another run.
package final class EndpointTrainer: Trainer {
  let client: EndpointClient
  let features: EndpointFeatures
  private let ledger: AnswerJournal
  /// What was submitted and is not followed yet; two subjects may be one job.
  private let jobs = Mutex<[JobID: [(job: TrainingJob, order: String)]]>([:])
  private let flights = Flights<String>()
  /// How many jobs the service is being told of that nobody wants.
  private let cancelling = Mutex(0)

  /// How long the end of a command waits for a service that is told what nobody wants any longer.
  private static let patience = Duration.seconds(10)
  private static let (shortest, longest) = (Duration.milliseconds(250), Duration.seconds(10))

  init(_ client: EndpointClient, _ features: EndpointFeatures, ledger: AnswerJournal) {
    self.client = client
    self.features = features
    self.ledger = ledger
  }

  package var keepsSnapshots: Bool { features.recipes }
  package var leastRows: Int { TuningFile.leastRows }

  private var url: String { client.endpoint.url.below("/fine_tuning/jobs") }

  // MARK: Ordering

  package func submit(_ job: TrainingJob) async throws -> JobID {
    let file = try TuningFile(job.rows, of: job.name, takesTexts: features.recipes)
    let order = try TuningOrder(
      job, model: client.endpoint.model, features: features,
      learningRate: client.endpoint.settings.learningRate)
    let hash = order.hash(file: file.hash)
    // Whoever orders the same at the same time waits, and finds it ordered.
    while !(await flights.begin(hash)) {}
    defer { flights.end(hash) }
    let id = JobID(try await ordered(order, hash, file, job))
    jobs.withLock { $0[id, default: []].append((job, hash)) }
    return id
  }

  private func ordered(
    _ order: TuningOrder, _ hash: String, _ file: TuningFile, _ job: TrainingJob
  ) async throws -> String {
    let name = job.name
    if let known = try await ledger.order(hash) {
      if let id = try await standing(known, order, hash) { return id }
      try await ledger.forget(order: hash)
    }
    do {
      try client.meter.order(
        tokens: file.tokens(steps: job.settings.steps, batch: job.settings.batchRows))
    } catch {
      throw error.error(at: url)
    }
    let uploaded = try await upload(file, name)
    try await ledger.keep(.init(file: uploaded, job: nil), of: hash)
    let id = try await create(order, uploaded, hash, file, name)
    try await ledger.keep(.init(file: uploaded, job: id), of: hash)
    return id
  }

  /// The job of an earlier order, where it is not known to have come to nothing.
  private func standing(
    _ known: AnswerJournal.Order, _ order: TuningOrder, _ hash: String
  ) async throws -> String? {
    guard let id = known.job else {
      // It was sent, perhaps: then the service has a job with its file.
      guard let id = try await found(hash, known.file) else { return nil }
      try await ledger.keep(.init(file: known.file, job: id), of: hash)
      return id
    }
    switch await outcome(Outgoing("GET", "\(url)/\(id)"), TuningReply.init) {
    case .success(let reply):
      return [.failed, .cancelled].contains(reply.state) ? nil : id
    case .failure(let failure):
      // A service that does not know it any longer has nothing of it.
      if failure.fault.status == 404 { return nil }
      throw failure.error
    }
  }

  /// The job that an order has become: of one file there may be many, each with another seed or recipe.
  private func found(_ hash: String, _ file: String) async throws -> String? {
    let list = try await outcome(Outgoing("GET", "\(url)?limit=100"), TuningReply.list)
      .mapError(\.error).get()
    return list.compactMap { try? TuningReply($0) }.first {
      $0.file == file && $0.order == hash && ![.failed, .cancelled].contains($0.state)
    }?.id
  }

  private func upload(_ file: TuningFile, _ name: String) async throws -> String {
    if let known = try await ledger.upload(file.hash) { return known }
    let form = file.form(name: FileName.plain(name))
    let outgoing = Outgoing(
      "POST", client.endpoint.url.below("/files"), body: form.body, type: form.type)
    let id = try await outcome(outgoing) { json throws(ExchangeFault) -> String in
      guard let id = json.object?["id"]?.string, TuningReply.isPlain(id) else {
        throw ExchangeFault(.malformed, "a file without an id", allowed: "one")
      }
      return id
    }.mapError(\.error).get()
    try await ledger.keep(upload: id, of: file.hash)
    return id
  }

  /// Sends the order. Where it is not known whether it got there, that is looked up before it is sent
  /// again.
  private func create(
    _ order: TuningOrder, _ uploaded: String, _ hash: String, _ file: TuningFile, _ name: String
  ) async throws -> String {
    var uploaded = uploaded
    var isNew = false
    var attempts = 0
    while true {
      attempts += 1
      let fault: ExchangeFault
      do throws(ExchangeFault) {
        let incoming = try await client.exchange(
          .post(url, order.json(file: uploaded, hash: hash)))
        guard let found = incoming.fault(key: client.endpoint.key) else {
          let json: JSON
          do {
            json = try JSON(parsing: incoming.body)
          } catch {
            throw ExchangeFault(.malformed, "no JSON (\(error))", allowed: "JSON")
          }
          return try TuningReply(json).id
        }
        fault = found
      } catch {
        fault = error
      }
      if fault.kind == .cancelled { throw CancellationError() }
      switch fault.kind {
      case .busy: break
      case .connection, .silence, .server, .malformed, .lacking, .tooLarge:
        if let id = try await found(hash, uploaded) { return id }
      case .refused
      where !isNew && [400, 404].contains(fault.status) && fault.found.contains("file"):
        // Services throw files away after a time.
        isNew = true
        try await ledger.keep(upload: nil, of: file.hash)
        uploaded = try await upload(file, name)
        try await ledger.keep(.init(file: uploaded, job: nil), of: hash)
        continue
      case .refused, .credit, .redirect, .cost, .changed, .cancelled:
        try await ledger.forget(order: hash)
        throw fault.error(at: url)
      }
      guard attempts < client.endpoint.settings.attempts.server else { throw fault.error(at: url) }
      let waits = client.endpoint.settings.waits
      if let wait = fault.wait, wait > waits.longest { throw fault.error(at: url) }
      try await Task.sleep(for: .seconds(fault.wait ?? waits.first))
    }
  }

  private func outcome<Value: Sendable>(
    _ outgoing: Outgoing, _ read: @Sendable (JSON) throws(ExchangeFault) -> Value
  ) async -> Result<Value, EndpointClient.Failure> {
    // What a service says of jobs names models of every kind.
    await client.outcome(outgoing, model: nil, isKept: false, read: read)
  }

  // MARK: Following

  package func events(of id: JobID) -> AsyncThrowingStream<TrainingEvent, any Error> {
    let entry = jobs.withLock { $0[id]?.popLast() }
    return AsyncThrowingStream { events in
      let task = Task {
        do {
          guard let entry else {
            throw LabError(
              .backend, "\(id.text): found no such job; allowed: one that was submitted")
          }
          try await follow(id.text, entry.job, entry.order) { events.yield($0) }
          events.finish()
        } catch {
          events.finish(throwing: error)
        }
      }
      events.onTermination = { ending in
        task.cancel()
        // Nobody wants it any longer: what is not trained is not paid for.
        guard case .cancelled = ending else { return }
        self.cancelling.withLock { $0 += 1 }
        Task.detached {
          await self.giveUp(id.text)
          self.cancelling.withLock { $0 -= 1 }
        }
      }
    }
  }

  /// Waits until the service has heard of every job that nobody wants any longer, or some seconds.
  func settle() async {
    // Whoever waits is cancelled most of the time, and would not sleep.
    await Task.detached { [self] in
      let end = ContinuousClock.now + Self.patience
      while cancelling.withLock({ $0 > 0 }), .now < end {
        try? await Task.sleep(for: .milliseconds(20))
      }
    }.value
  }

  private func giveUp(_ id: String) async {
    for _ in 0..<3 {
      let reply = try? await client.exchange(Outgoing("POST", "\(url)/\(id)/cancel"))
      // One that is over or unknown cannot be cancelled, and need not be.
      if let status = reply?.status, status < 429 { return }
      try? await Task.sleep(for: .seconds(1))
    }
  }

  private func follow(
    _ id: String, _ job: TrainingJob, _ order: String,
    report: @Sendable (TrainingEvent) -> Void
  ) async throws {
    var told: TrainingState?
    var step = 0
    let start = ContinuousClock.now
    while true {
      let reply = try await outcome(Outgoing("GET", "\(url)/\(id)"), TuningReply.init)
        .mapError(\.error).get()
      if reply.state != told {
        told = reply.state
        if reply.state != .succeeded { report(.state(reply.state)) }
      }
      if reply.state != .queued { try await progress(id, &step, report) }
      switch reply.state {
      case .queued, .running: break
      case .failed, .cancelled:
        try await ledger.forget(order: order)
        let reason = reply.reason.map { client.endpoint.key?.scrubbed($0) ?? $0 } ?? "no reason"
        throw LabError(
          .backend,
          "\(job.name): found the job \(id) \(reply.state.rawValue) (\(reason.prefix(400))); allowed: one "
            + "that succeeds")
      case .succeeded:
        guard let result = reply.result, !result.isEmpty else {
          throw LabError(
            .backend, "\(job.name): found the job \(id) without a fine_tuned_model; allowed: a name"
          )
        }
        try await snapshots(of: id, job, report)
        report(.state(.succeeded))
        let change = try await AdapterLiveness(client: client, features: features)
          .change(of: result, rows: job.rows)
        return report(
          .finished(TrainingResult(adapter: .served(result), largestLogitChange: change)))
      }
      // A look is late by a tenth of what the job has taken, at most.
      let pause = max(Self.shortest, start.duration(to: .now) / 10)
      try await Task.sleep(for: min(Self.longest, pause))
    }
  }

  /// The losses that have become known, in their order. A service that keeps no events has none.
  private func progress(
    _ id: String, _ last: inout Int, _ report: @Sendable (TrainingEvent) -> Void
  ) async throws {
    let result = await outcome(Outgoing("GET", "\(url)/\(id)/events?limit=100"), TuningReply.list)
    guard case .success(let list) = result else {
      if case .failure(let failure) = result, failure.fault.kind == .cancelled {
        throw CancellationError()
      }
      return
    }
    for progress in list.compactMap(TuningReply.progress).sorted(by: { $0.step < $1.step })
    where progress.step > last {
      last = progress.step
      report(.progress(progress))
    }
  }

  private func snapshots(
    of id: String, _ job: TrainingJob, _ report: @Sendable (TrainingEvent) -> Void
  ) async throws {
    if job.snapshotSteps.isEmpty { return }
    let list = try await outcome(
      Outgoing("GET", "\(url)/\(id)/checkpoints?limit=100"), TuningReply.list
    )
    .mapError(\.error).get()
    let names = Dictionary(
      list.compactMap { json -> (Int, String)? in
        guard let object = json.object, let step = object["step_number"]?.integer,
          let name = object["fine_tuned_model_checkpoint"]?.string
        else { return nil }
        return (step, name)
      }, uniquingKeysWith: { first, _ in first })
    for step in job.snapshotSteps {
      guard let name = names[step] else {
        throw LabError(
          .backend,
          "\(job.name): found checkpoints of the steps \(names.keys.sorted()) of \(id); allowed: one of "
            + "step \(step), which was ordered")
      }
      report(.snapshot(step: step, .served(name)))
    }
  }
}
