import Foundation

/// The programs that are compared, and how each is called.
struct Programs {
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  /// What can run here, and what is missing for the rest.
  struct Available {
    var torch: Bool
    var llama: Bool
    var missing: [String]

    func has(_ contestant: Contestant) -> Bool {
      switch contestant {
      case .nosce: true
      case .torch: torch
      case .llama: llama
      }
    }
  }

  /// How a measurement ended.
  enum Outcome {
    /// The JSON line, with the mark of who was measured.
    case success(String)
    case failure(String)

    var summary: String {
      switch self {
      case .success(let line): (try? Measurement(line: line).summary) ?? "done"
      case .failure(let reason): "failed: \(reason)"
      }
    }
  }

  /// Seconds after which a measurement is given up.
  private static let limit = 900.0

  var nosce: URL
  var python: String
  var peer: URL
  var llama: String?
  var models: URL
  var threads: Int
  var patience: Double
  var peerCells: Int
  var instructions: Instructions

  func available() throws -> Available {
    let arguments = [peer.path, "check"] + (llama.map { ["--llama", $0] } ?? [])
    let outcome = try Command.run(python, arguments, limit: Self.limit)
    struct Answer: Decodable {
      var found: [String: String]
      var missing: [String]
    }
    guard outcome.status == 0, let line = outcome.jsonLine,
      let answer = try? JSONDecoder().decode(Answer.self, from: Data(line.utf8))
    else {
      return Available(
        torch: false, llama: false,
        missing: ["\(python) cannot run \(peer.path): \(outcome.errors.suffix(300))"])
    }
    let missing = Set(answer.missing)
    var lines: [String] = []
    let torch = ["torch", "transformers", "peft"].filter(missing.contains)
    if !torch.isEmpty {
      lines.append(
        "\(torch.joined(separator: ", ")) of \(python) (pip install torch transformers peft); "
          + "transformers and PEFT are left out")
    }
    let cpp = ["llama-batched-bench", "numpy", "gguf"].filter(missing.contains)
    if !cpp.isEmpty {
      lines.append(
        "\(cpp.joined(separator: ", ")) (build llama.cpp, pip install numpy gguf, give --llama DIR); "
          + "llama.cpp is left out")
    }
    return Available(torch: torch.isEmpty, llama: cpp.isEmpty, missing: lines)
  }

  func makeModels(sizes: String) throws {
    let missing = sizes.split(separator: ",").filter { size in
      let folder = models.appendingPathComponent(String(size))
      let inputs = models.appendingPathComponent("inputs/\(size).json")
      return ![folder.appendingPathComponent("config.json"), inputs].allSatisfy {
        FileManager.default.fileExists(atPath: $0.path)
      }
    }
    guard !missing.isEmpty else { return }
    let outcome = try Command.run(
      nosce.path,
      [
        "bench", "--models-only", "--dir", models.path, "--sizes",
        missing.joined(separator: ","),
      ], limit: Self.limit)
    guard outcome.status == 0 else {
      throw Failure(description: "the models could not be made: \(outcome.errors)")
    }
  }

  func run(_ contestant: Contestant, _ one: Case) -> Outcome {
    let (program, arguments) = command(contestant, one)
    do {
      let outcome = try Command.run(
        program, arguments, environment: instructions.environment, limit: Self.limit)
      guard outcome.status == 0, let line = outcome.jsonLine else {
        return .failure(String(outcome.errors.suffix(600)))
      }
      return .success(try Measurement.marked(line, by: "\(contestant)", with: instructions))
    } catch {
      return .failure("\(error)")
    }
  }

  private func command(_ contestant: Contestant, _ one: Case) -> (String, [String]) {
    let common = [
      "--model", models.appendingPathComponent(one.size).path, "--inputs",
      models.appendingPathComponent("inputs/\(one.size).json").path, "--threads",
      String(threads), "--patience", String(patience),
    ]
    switch contestant {
    case .nosce(let mode):
      return (
        nosce.path,
        ["bench", one.workload, "--json"] + common + (mode.map { ["--dtype", $0] } ?? [])
          + ["--items", String(one.items(slow: false))]
      )
    case .torch(let mode, let style):
      return (
        python,
        [peer.path, one.workload, "--mode", mode] + common
          + (style.map { ["--style", $0] } ?? [])
          + ["--items", String(one.items(slow: style == "plain"))]
          + ["--cells", String(style == "single" ? 1 : peerCells)]
      )
    case .llama(let mode):
      return (
        python,
        [peer.path, one.workload, "--mode", mode, "--llama", llama ?? ""] + common
      )
    }
  }
}
