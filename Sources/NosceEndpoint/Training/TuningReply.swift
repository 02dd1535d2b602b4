import NosceFormats
import NoscePorts

/// What a fine-tuning service says of a job.
struct TuningReply: Sendable {
  var id: String
  var state: TrainingState
  var file: String?
  var model: String?
  /// The name of what came of it.
  var result: String?
  /// Why it failed.
  var reason: String?
  /// The hash of the order that it was made of, where it was one of ours.
  var order: String?

  /// The key of that hash among what a job is given to be known by.
  static let mark = "nosce_order"

  init(_ json: JSON) throws(ExchangeFault) {
    guard let object = json.object, let id = object["id"]?.string, Self.isPlain(id) else {
      throw ExchangeFault(
        .malformed, "a job without an id", allowed: "one, of letters, digits and -_:.")
    }
    self.id = id
    switch object["status"]?.string {
    case "validating_files"?, "queued"?: state = .queued
    case "running"?, "paused"?: state = .running
    case "succeeded"?: state = .succeeded
    case "failed"?: state = .failed
    case "cancelled"?: state = .cancelled
    case let other:
      throw ExchangeFault(
        .malformed, "a job that is '\((other ?? "nothing").prefix(40))'",
        allowed: "validating_files, queued, running, succeeded, failed, cancelled")
    }
    file = object["training_file"]?.string
    model = object["model"]?.string
    result = object["fine_tuned_model"]?.string
    reason = object["error"]?.object?["message"]?.string
    order = object["metadata"]?.object?[Self.mark]?.string
  }

  /// Ids become parts of URLs.
  static func isPlain(_ id: String) -> Bool {
    !id.isEmpty && id.utf8.count <= 200 && id != "." && id != ".."
      && id.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_:.".contains($0)) }
  }

  /// A list under `data`.
  static func list(_ json: JSON) throws(ExchangeFault) -> [JSON] {
    guard let list = json.object?["data"]?.array else {
      throw ExchangeFault(.malformed, "a list without data", allowed: "data")
    }
    return list
  }

  /// The progress that an event tells of; nil where it tells of something else.
  static func progress(_ event: JSON) -> TrainingProgress? {
    guard let data = event.object?["data"]?.object, let step = data["step"]?.integer, step > 0,
      let loss = (data["train_loss"] ?? data["training_loss"])?.number, loss.isFinite
    else { return nil }
    return TrainingProgress(
      step: step, totalSteps: max(step, data["total_steps"]?.integer ?? step), loss: loss)
  }
}
