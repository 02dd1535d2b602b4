import Foundation
import NosceCore
import NosceFormats
import NosceLocal
import NoscePorts
import NosceTokenizer
import Synchronization

/// Does what is asked for, whatever the request came by.
struct Service: Sendable {
  let settings: ServerSettings
  let shelf: ModelShelf
  let files: FileStore
  let jobs: JobRunner
  let metrics: Metrics
  private let adapters: AdapterFolders
  private let seeds: SeedSource

  init(
    _ models: [LocalModel], _ settings: ServerSettings,
    complain: @escaping @Sendable (String) -> Void
  ) throws {
    let names = models.map(\.identity.name)
    guard Set(names).count == names.count, !names.isEmpty else {
      throw LabError(
        .refusedDesign,
        "--subject: found \(names.joined(separator: ", ")); allowed: models of different names")
    }
    self.settings = settings
    shelf = ModelShelf(
      bases: try models.map {
        try BaseModel(
          $0, name: $0.identity.name, queue: settings.queue, timeLimit: settings.timeLimit)
      })
    try Self.makeState(settings.state)
    files = try FileStore(settings.state.appending(path: "files"))
    jobs = try JobRunner(
      settings.state.appending(path: "jobs"), files: files, shelf: shelf,
      limit: settings.waitingJobs,
      complain: complain)
    metrics = Metrics()
    adapters = AdapterFolders(root: settings.adapters)
    seeds = SeedSource(settings.seed)
  }

  /// The folder of files and jobs, for its owner alone where it is made here: rows may be anybody's secrets.
  private static func makeState(_ folder: URL) throws {
    if FileManager.default.fileExists(atPath: folder.path) { return }
    try Storage.makeFolder(folder)
    guard chmod(folder.path, 0o700) == 0 else {
      throw LabError(
        .storage, "\(folder.path): cannot be kept from others: \(Storage.words(code: errno))")
    }
  }

  func deliver(_ call: Call) async throws -> Delivery {
    switch call.operation {
    case .listFiles: try call.checkQuery(["purpose", "after", "limit", "order"])
    case .listJobs, .listJobEvents, .listJobCheckpoints: try call.checkQuery(["after", "limit"])
    default: try call.checkQuery([])
    }
    switch call.operation {
    case .health: return .json(.object([("status", .string("ok"))]))
    case .version: return .json(.object([("version", .string(settings.version))]))
    case .metrics: return await metricsText()
    case .openapi: return .json(OpenAPI.document(version: settings.version))
    case .listModels: return await listModels()
    case .retrieveModel: return try await retrieveModel(call.parameters["model"] ?? "")
    case .createChatCompletion: return try await chat(try Fields(body: call.body))
    case .createCompletion: return try await complete(try Fields(body: call.body))
    case .tokenize: return try await tokenize(try Fields(body: call.body))
    case .loadAdapter:
      return try await load(try AdapterRequest(loading: try Fields(body: call.body)))
    case .unloadAdapter:
      return try await unload(try AdapterRequest(unloading: try Fields(body: call.body)))
    case .listFiles, .uploadFile, .retrieveFile, .fileContent, .deleteFile:
      return try await file(call)
    case .createJob:
      return .json(try await jobs.create(try JobRequest(try Fields(body: call.body))))
    case .listJobs: return .json(try call.page(await jobs.all(), usual: 20))
    case .retrieveJob: return .json(try await jobs.json(call.parameters["job_id"] ?? ""))
    case .cancelJob: return .json(try await jobs.cancel(call.parameters["job_id"] ?? ""))
    case .listJobEvents:
      let job = try await jobs.job(call.parameters["job_id"] ?? "")
      return .json(try call.page(job.happeningList, usual: 20))
    case .listJobCheckpoints:
      let job = try await jobs.job(call.parameters["job_id"] ?? "")
      return .json(try call.page(job.checkpointList, usual: 10))
    }
  }

  // MARK: Answers

  private func chat(_ fields: Fields) async throws -> Delivery {
    let request = try ChatRequest(fields)
    let model = try await shelf.model(request.model)
    let chat = try ChatAnswers(request, model, seed: seeds.next())
    let answers = try model.base.answers(chat.plan, of: model.subject)
    if request.options.isStreamed {
      return .stream { send in metrics.count(try await chat.stream(answers, send)) }
    }
    return .later {
      let (document, usage) = try await chat.whole(answers)
      metrics.count(usage)
      return document
    }
  }

  private func complete(_ fields: Fields) async throws -> Delivery {
    let request = try CompletionRequest(fields)
    let model = try await shelf.model(request.model)
    let completion = try CompletionAnswers(request, model, seed: seeds.next())
    let answers = try model.base.answers(completion.plan, of: model.subject)
    if request.options.isStreamed {
      return .stream { send in metrics.count(try await completion.stream(answers, send)) }
    }
    return .later {
      let (document, usage) = try await completion.whole(answers)
      metrics.count(usage)
      return document
    }
  }

  /// The tokens of a conversation or of a text, as vLLM's path of the same name tells them.
  private func tokenize(_ fields: Fields) async throws -> Delivery {
    let isChat = fields.object["messages"] != nil
    try fields.check(
      known: isChat
        ? ["model", "messages", "add_generation_prompt", "continue_final_message"]
        : ["model", "prompt", "add_special_tokens"])
    let model = try await shelf.model(try fields.requiredString("model"))
    let tokens: [Int32]
    if isChat {
      do {
        tokens = try ChatAnswers.tokens(
          try ChatRequest(fields), try model.base.local.text.requireChat())
      } catch let error as APIError {
        throw error
      } catch {
        throw APIError(400, "\(error)", parameter: "messages", code: "invalid_messages")
      }
    } else {
      tokens = model.base.tokenizer.encode(
        try fields.requiredString("prompt"),
        addSpecialTokens: try fields.bool("add_special_tokens") ?? true)
    }
    return .json(
      .object([
        ("count", .integer(tokens.count)), ("max_model_len", .integer(model.base.context)),
        ("tokens", .array(tokens.map { .integer(Int($0)) })),
      ]))
  }

  // MARK: Models

  private func listModels() async -> Delivery {
    var list: [JSON] = []
    for base in shelf.bases {
      for entry in await base.list() { list.append(Self.json(entry, base)) }
    }
    return .json(.object([("object", .string("list")), ("data", .array(list))]))
  }

  private func retrieveModel(_ id: String) async throws -> Delivery {
    for base in shelf.bases {
      if let entry = await base.list().first(where: { $0.id == id }) {
        return .json(Self.json(entry, base))
      }
    }
    throw APIError.noModel(id)
  }

  private static func json(
    _ entry: (id: String, folder: URL?, created: Int), _ base: BaseModel
  ) -> JSON {
    .object([
      ("id", .string(entry.id)), ("object", .string("model")), ("created", .integer(entry.created)),
      ("owned_by", .string("nosce")),
      ("root", .string(entry.folder?.lastPathComponent ?? base.name)),
      ("parent", entry.folder == nil ? .null : .string(base.name)),
      ("max_model_len", .integer(base.context)),
    ])
  }

  private func load(_ request: AdapterRequest) async throws -> Delivery {
    let folder = try adapters.folder(request.path ?? "")
    if try await isServed(request.name) {
      throw BaseModel.alreadyLoaded(request.name)
    }
    let base: BaseModel
    if let name = request.base {
      guard let found = shelf.base(name) else { throw APIError.noModel(name) }
      base = found
    } else if shelf.bases.count == 1 {
      base = shelf.bases[0]
    } else {
      throw APIError.invalid(
        "base_model_name", found: "nothing",
        allowed: shelf.bases.map(\.name).joined(separator: ", "),
        code: "missing_required_parameter")
    }
    try await base.load(request.name, folder: folder)
    return .text("Success: LoRA adapter '\(request.name)' added successfully.")
  }

  private func isServed(_ name: String) async throws -> Bool {
    for base in shelf.bases where await base.list().contains(where: { $0.id == name }) {
      return true
    }
    return false
  }

  private func unload(_ request: AdapterRequest) async throws -> Delivery {
    for base in shelf.bases where await base.unload(request.name) {
      return .text("Success: LoRA adapter '\(request.name)' removed successfully.")
    }
    throw APIError(
      404, "The lora adapter '\(request.name)' cannot be found.", parameter: "lora_name",
      code: "adapter_not_found")
  }

  // MARK: Files

  private func file(_ call: Call) async throws -> Delivery {
    let id = call.parameters["file_id"] ?? ""
    switch call.operation {
    case .uploadFile: return .json(try await upload(call).json)
    case .retrieveFile: return .json(try await files.file(id).json)
    case .fileContent: return .bytes(try await files.content(id))
    case .deleteFile:
      try await files.remove(id)
      return .json(
        .object([("id", .string(id)), ("object", .string("file")), ("deleted", .bool(true))]))
    default:
      var list = await files.all(purpose: call.query["purpose"]).map { ($0.id, $0.json) }
      switch call.query["order"] {
      case nil, "desc": break
      case "asc": list.reverse()
      case let order?:
        throw APIError.invalid("order", found: "'\(order.prefix(40))'", allowed: "asc, desc")
      }
      return .json(try call.page(list, usual: 10_000))
    }
  }

  private func upload(_ call: Call) async throws -> UploadedFile {
    let form = try Multipart(call.body, contentType: call.contentType)
    let known = ["purpose", "file"]
    if let part = form.parts.first(where: { !known.contains($0.name) }) {
      throw APIError.invalid(
        String(part.name.prefix(80)), found: "a part that is not known", allowed: "purpose, file",
        code: "unsupported_parameter")
    }
    guard let purpose = form.parts.first(where: { $0.name == "purpose" })?.text else {
      throw APIError.invalid("purpose", found: "nothing", allowed: "fine-tune")
    }
    guard purpose == "fine-tune" else {
      throw APIError.invalid("purpose", found: "'\(purpose.prefix(40))'", allowed: "fine-tune")
    }
    guard let part = form.parts.first(where: { $0.name == "file" }) else {
      throw APIError.invalid("file", found: "nothing", allowed: "a file of JSON Lines")
    }
    guard !part.content.isEmpty else {
      throw APIError.invalid("file", found: "no bytes", allowed: "a file of JSON Lines")
    }
    // The name is shown and is never that of a file here.
    let name = (part.fileName ?? "upload.jsonl").split(separator: "/").last.map(String.init)
    return try await files.add(
      String((name ?? "upload.jsonl").prefix(200)), purpose: purpose, Data(part.content))
  }

  // MARK: Metrics

  private func metricsText() async -> Delivery {
    .text(
      metrics.text(
        open: shelf.bases.map { ($0.name, $0.slots.count) }, jobs: await jobs.counts(),
        memory: ProcessMemory.resident), type: "text/plain; version=0.0.4; charset=utf-8")
  }
}

/// The seeds of requests that have none.
private final class SeedSource: Sendable {
  private let generator: Mutex<SeededGenerator>

  init(_ seed: UInt64) { generator = Mutex(SeededGenerator(seed: seed, labStream: "requests")) }

  func next() -> UInt64 { generator.withLock { $0.next() } }
}
