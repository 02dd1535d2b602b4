import Synchronization

/// What the server counts, as Prometheus reads it.
final class Metrics: Sendable {
  private struct Counts {
    var requests: [String: Int] = [:]
    var prompt = 0
    var completion = 0
    var seconds = 0.0
  }

  private let counts = Mutex(Counts())

  func count(_ operation: Operation?, status: Int, seconds: Double) {
    let key = "operation=\"\(operation?.rawValue ?? "none")\",status=\"\(status)\""
    counts.withLock {
      $0.requests[key, default: 0] += 1
      $0.seconds += seconds
    }
  }

  func count(_ usage: TokenUsage) {
    counts.withLock {
      $0.prompt += usage.prompt
      $0.completion += usage.completion
    }
  }

  /// - Parameters:
  ///   - open: answers under way, by model.
  ///   - jobs: jobs by status.
  ///   - memory: what the process holds, in bytes.
  func text(
    open: [(model: String, count: Int)], jobs: [(status: String, count: Int)], memory: Int
  ) -> String {
    let counts = counts.withLock { $0 }
    var lines: [String] = []
    func metric(_ name: String, _ type: String, _ help: String, _ values: [(String, String)]) {
      lines.append("# HELP \(name) \(help)")
      lines.append("# TYPE \(name) \(type)")
      for (labels, value) in values {
        lines.append("\(name)\(labels.isEmpty ? "" : "{\(labels)}") \(value)")
      }
    }
    metric(
      "nosce_requests_total", "counter", "Requests that were answered.",
      counts.requests.sorted { $0.key < $1.key }.map { ($0.key, String($0.value)) })
    metric(
      "nosce_request_seconds_total", "counter", "Seconds until the head of an answer.",
      [("", String(counts.seconds))])
    metric(
      "nosce_prompt_tokens_total", "counter", "Tokens of prompts.", [("", String(counts.prompt))])
    metric(
      "nosce_completion_tokens_total", "counter", "Tokens that were written.",
      [("", String(counts.completion))])
    metric(
      "nosce_answers_open", "gauge", "Answers that are written or wait.",
      open.map { ("model=\"\(Self.label($0.model))\"", String($0.count)) })
    metric(
      "nosce_jobs", "gauge", "Fine-tuning jobs.",
      jobs.map { ("status=\"\($0.status)\"", String($0.count)) })
    metric(
      "process_resident_memory_bytes", "gauge", "Memory of the process.", [("", String(memory))])
    return lines.joined(separator: "\n") + "\n"
  }

  private static func label(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
  }
}
