#if HTTP
import Foundation
import NosceFormats
import Synchronization

/// Plays a service that fine-tunes: a job comes on by one step with each look at it.
final class ToyJobs: Sendable {
  struct Job: Sendable {
    var id: String
    var file: String
    var suffix: String
    var steps: Int
    var snapshots: [Int]
    var body: Data
    var looks = 0
    var isCancelled = false
    var fails: Bool

    var status: String {
      if isCancelled { return "cancelled" }
      return switch looks {
      case 0: "validating_files"
      case 1: "queued"
      case 2, 3: "running"
      default: fails ? "failed" : "succeeded"
      }
    }

    var result: String { "ft:toy:test:\(suffix):\(id)" }
  }

  private struct State {
    var files: [String: Data] = [:]
    var jobs: [Job] = []
    /// How many orders are taken and not answered.
    var silentOrders = 0
  }

  private let state = Mutex(State())

  var uploads: [String: Data] { state.withLock(\.files) }
  var ordered: [Job] { state.withLock(\.jobs) }
  func silenceOrders(_ count: Int) { state.withLock { $0.silentOrders = count } }
  func forgetFiles() { state.withLock { $0.files = [:] } }

  /// The models that have come of jobs.
  var models: [String] {
    ordered.filter { $0.status == "succeeded" }.flatMap { job in
      [job.result] + job.snapshots.map { "\(job.result):step-\($0)" }
    }
  }

  static func handles(_ path: String) -> Bool {
    path.hasPrefix("/v1/files") || path.hasPrefix("/v1/fine_tuning/jobs")
  }

  func act(_ seen: SeenRequest, _ dialect: Dialect) -> ServerAct {
    let path = seen.path.split(separator: "?").first.map(String.init) ?? ""
    let parts = path.split(separator: "/").map(String.init)
    switch (seen.method, parts.count, parts.last ?? "") {
    case ("POST", 2, "files"): return upload(seen)
    case ("POST", 3, "jobs"): return order(seen, dialect)
    case ("GET", 3, "jobs"):
      return .json(.object([("data", .array(ordered.map(Self.json)))]))
    case ("GET", 4, let id):
      return look(id) { job in
        job.looks += 1
        return Self.json(job)
      }
    case ("POST", 5, "cancel"):
      return look(parts[3]) { job in
        job.isCancelled = true
        return Self.json(job)
      }
    case ("GET", 5, "events"): return look(parts[3]) { Self.events($0) }
    case ("GET", 5, "checkpoints"): return look(parts[3]) { Self.checkpoints($0) }
    default: return .error(404, "Not Found")
    }
  }

  private func look(_ id: String, _ body: (inout Job) -> JSON) -> ServerAct {
    state.withLock { state in
      guard let index = state.jobs.firstIndex(where: { $0.id == id }) else {
        return .error(404, "no such job")
      }
      return .json(body(&state.jobs[index]))
    }
  }

  private func upload(_ seen: SeenRequest) -> ServerAct {
    let type = seen.headers["content-type"] ?? ""
    guard type.hasPrefix("multipart/form-data; boundary="),
      let boundary = type.split(separator: "=").last,
      let start = seen.body.range(of: Data("application/jsonl\r\n\r\n".utf8)),
      let end = seen.body.range(of: Data("\r\n--\(boundary)--\r\n".utf8)),
      seen.body.range(of: Data("fine-tune".utf8)) != nil
    else { return .error(400, "no form") }
    return state.withLock { state in
      let id = "file-\(state.files.count + 1)"
      state.files[id] = seen.body[start.upperBound..<end.lowerBound]
      return .json(.object([("id", .string(id)), ("object", .string("file"))]))
    }
  }

  private func order(_ seen: SeenRequest, _ dialect: Dialect) -> ServerAct {
    guard let object = seen.json, let file = object["training_file"]?.string else {
      return .error(400, "no training_file")
    }
    let numbers = object["method"]?.object?["supervised"]?.object?["hyperparameters"]?.object
    let recipe = numbers?["nosce"]?.object
    for key in recipe?.keys ?? [] where !dialect.recipes || key == "no_such_setting" {
      return .error(400, "hyperparameters.nosce.\(key): unknown")
    }
    return state.withLock { state in
      guard state.files[file] != nil else { return .error(400, "no such file: \(file)") }
      let number = state.jobs.count + 1
      let job = Job(
        id: "ftjob-\(number)", file: file, suffix: object["suffix"]?.string ?? "",
        steps: recipe?["steps"]?.integer ?? 3,
        snapshots: recipe?["snapshots"]?.array?.compactMap(\.integer) ?? [], body: seen.body,
        fails: number <= dialect.failingJobs)
      state.jobs.append(job)
      if state.silentOrders > 0 {
        state.silentOrders -= 1
        return .reset
      }
      return .json(Self.json(job))
    }
  }

  private static func json(_ job: Job) -> JSON {
    let isDone = job.status == "succeeded"
    return .object([
      ("id", .string(job.id)), ("status", .string(job.status)), ("model", .string("toy")),
      ("training_file", .string(job.file)),
      ("metadata", (try? JSON(parsing: job.body))?.object?["metadata"] ?? .null),
      ("fine_tuned_model", isDone ? .string(job.result) : .null),
      (
        "error",
        job.status == "failed" ? .object([("message", .string("moderation says no"))]) : .null
      ),
    ])
  }

  private static func events(_ job: Job) -> JSON {
    let known = job.looks < 3 ? 1 : job.steps
    let list = (1...known).reversed().map { step in
      JSON.object([
        ("type", .string("metrics")),
        (
          "data",
          .object([
            ("step", .integer(step)), ("total_steps", .integer(job.steps)),
            ("train_loss", .number(4 / Double(step))),
          ])
        ),
      ])
    }
    return .object([("data", .array(list))])
  }

  private static func checkpoints(_ job: Job) -> JSON {
    .object([
      (
        "data",
        .array(
          job.snapshots.map {
            .object([
              ("step_number", .integer($0)),
              ("fine_tuned_model_checkpoint", .string("\(job.result):step-\($0)")),
            ])
          })
      )
    ])
  }
}
#endif
