import Foundation
import NosceCore
import NosceEngine
import NosceFormats
import NosceLocal
import NoscePorts
import NosceTokenizer

/// Something that answers under a name: a base model, or one with an adapter.
struct ServedModel: Sendable {
  let id: String
  let base: BaseModel
  let subject: InferenceModel
  /// Changes with the weights: `system_fingerprint` of an answer.
  let fingerprint: String
}

/// A loaded base model with all adapters that ride on it. They are asked together, in one batch that
/// requests join and leave as they come.
actor BaseModel {
  /// An adapter, loaded when it is first asked.
  struct Adapter: Sendable {
    var folder: URL
    var created: Int
    /// Whether `/v1/unload_lora_adapter` may take it away; a job's own is there as long as the job.
    var isLoose: Bool
    var opened: ServedModel?
    var asked = ContinuousClock.now
  }

  nonisolated let name: String
  nonisolated let local: LocalModel
  nonisolated let slots: AnswerSlots
  nonisolated let created: Int
  private nonisolated let loop: SamplingLoop
  private nonisolated let unadapted: InferenceModel
  private nonisolated let timeLimit: Duration
  private nonisolated let stopTokens: Set<Int32>
  private var adapters: [String: Adapter] = [:]

  /// More adapters than that are not kept at a time, and not so many loaded.
  private static let mostAdapters = 1_024
  private static let mostOpened = 64

  init(_ local: LocalModel, name: String, queue: Int, timeLimit: Duration) throws {
    self.name = name
    self.local = local
    self.timeLimit = timeLimit
    created = Int(Date().timeIntervalSince1970)
    slots = AnswerSlots(limit: queue)
    loop = SamplingLoop(local.weights, threads: local.threads)
    unadapted = try InferenceModel(local.weights)
    stopTokens = Set(local.text.stopTokenIDs)
  }

  nonisolated var tokenizer: Tokenizer { local.text.tokenizer }
  nonisolated var context: Int { local.weights.configuration.longestSequence }

  // MARK: Names

  /// The model of a name; nil where it is none of this base.
  func model(_ id: String) throws -> ServedModel? {
    if id == name {
      return ServedModel(
        id: id, base: self, subject: unadapted, fingerprint: Self.fingerprint(local, nil))
    }
    guard let adapter = adapters[id] else { return nil }
    adapters[id]?.asked = .now
    if let opened = adapter.opened { return opened }
    let opened = try open(id, adapter.folder)
    makeRoom()
    adapters[id]?.opened = opened
    return opened
  }

  /// Puts the adapters of jobs away that were not asked for longest; they are loaded again when they are.
  /// Those that a client has loaded stay, since their folders may have gone.
  private func makeRoom() {
    let opened = adapters.filter { $0.value.opened != nil && !$0.value.isLoose }
    let order = opened.sorted { ($0.value.asked, $0.key) < ($1.value.asked, $1.key) }
    for (id, _) in order.prefix(max(0, opened.count + 1 - Self.mostOpened)) {
      adapters[id]?.opened = nil
    }
  }

  /// Serves an adapter of a finished job, which is loaded when it is first asked for.
  func offer(_ id: String, folder: URL, created: Int) {
    adapters[id] = Adapter(folder: folder, created: created, isLoose: false)
  }

  func withdraw(_ id: String) { adapters[id] = nil }

  /// Loads an adapter under a name that nothing has yet.
  func load(_ id: String, folder: URL) throws {
    guard adapters.count < Self.mostAdapters else {
      throw APIError(
        400, "found \(adapters.count) adapters; allowed: at most \(Self.mostAdapters)",
        code: "too_many_adapters")
    }
    guard adapters[id] == nil else { throw Self.alreadyLoaded(id) }
    let opened: ServedModel
    do {
      opened = try open(id, folder)
    } catch {
      throw APIError(400, "\(error)", parameter: "lora_path", code: "invalid_adapter")
    }
    adapters[id] = Adapter(
      folder: folder, created: Int(Date().timeIntervalSince1970), isLoose: true, opened: opened)
  }

  static func alreadyLoaded(_ id: String) -> APIError {
    APIError(
      400, "The lora adapter '\(id)' has already been loaded.", parameter: "lora_name",
      code: "already_loaded")
  }

  /// Takes a loaded adapter away; requests that are under way go on with it.
  func unload(_ id: String) -> Bool {
    guard adapters[id]?.isLoose == true else { return false }
    adapters[id] = nil
    return true
  }

  func list() -> [(id: String, folder: URL?, created: Int)] {
    [(name, nil, created)]
      + adapters.sorted { ($0.value.created, $0.key) < ($1.value.created, $1.key) }
      .map { ($0.key, $0.value.folder, $0.value.created) }
  }

  private func open(_ id: String, _ folder: URL) throws -> ServedModel {
    let adapter = try LoRAAdapter(directory: folder, model: local.weights.configuration)
    return ServedModel(
      id: id, base: self, subject: try InferenceModel(local.weights, adapter: adapter),
      fingerprint: Self.fingerprint(local, adapter))
  }

  private static func fingerprint(_ local: LocalModel, _ adapter: LoRAAdapter?) -> String {
    var hash = local.identity.contentHash
    if let adapter {
      let values = adapter.values.withUnsafeBytes { ContentHash.of(Data($0)) }
      hash = ContentHash.of("\(hash)\n\(adapter.configuration.json.text(indent: 0))\n\(values)")
    }
    return "fp_" + ContentHash.of("\(hash)\n\(local.precision)").prefix(12)
  }

  // MARK: Answers

  /// Gives up all answers, and waits until nothing is computed any longer.
  nonisolated func stop() async {
    loop.stop()
    await local.settle()
  }

  /// Begins the answers of a plan. Whoever reads their events closes them.
  nonisolated func answers(_ plan: AnswerPlan, of subject: InferenceModel) throws -> OpenAnswers {
    try plan.checkTold()
    let count = plan.answerCount
    guard count <= slots.limit else {
      throw APIError.invalid(
        "n", found: "\(count) answers", allowed: "at most \(slots.limit), the queue of the server")
    }
    guard slots.take(count) else {
      throw APIError.busy("\(name): found \(slots.count) answers under way and \(count) more")
    }
    let answers = OpenAnswers(count: count, slots: slots, limit: timeLimit)
    do {
      try loop.submit(
        (0..<count).map { answer in
          SamplingJob(
            plan.sampling(answer, stopTokens: stopTokens), subject: subject,
            listener: answers.listener(answer))
        })
    } catch let error as EngineError {
      answers.close()
      throw APIError(400, "\(error)", parameter: "prompt", code: "invalid_prompt")
    }
    return answers
  }
}

/// All models that the server has.
struct ModelShelf: Sendable {
  let bases: [BaseModel]

  func model(_ id: String) async throws -> ServedModel {
    for base in bases {
      if let model = try await base.model(id) { return model }
    }
    throw APIError.noModel(id)
  }

  func base(_ name: String) -> BaseModel? { bases.first { $0.name == name } }
}
