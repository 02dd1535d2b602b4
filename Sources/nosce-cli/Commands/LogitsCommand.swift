import ArgumentParser
import Foundation
import NosceApp
import NosceEngine
import NosceFormats
import NosceLocal
import NosceTokenizer

/// What a checkpoint expects next.
struct LogitsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logits", abstract: "Print a checkpoint's logits behind a prompt.",
    discussion: """
      The likeliest tokens at the last position, or at every position. With --json and without \
      --top, all logits. The adapter is computed beside the weights, not merged into them.
      """)

  @OptionGroup var checkpoint: CheckpointArguments
  @OptionGroup var prompt: PromptArguments

  @Flag(help: "Every position, not only the last.")
  var allPositions = false

  @Option(help: "So many of the likeliest tokens; 10 unless --json is given.")
  var top: Int?

  @Flag(help: "Print one JSON document.")
  var json = false

  func validate() throws {
    if let top, top < 1 { throw ValidationError("--top must be at least 1.") }
  }

  func run() async throws {
    // Read before the weights: a wrong file is then said at once.
    let messages = try prompt.messages()
    let open = try checkpoint.open(isChat: messages != nil)
    let text = prompt.isTokens ? open.textIfUsable() : try open.text()
    let ids = try prompt.tokens(text, messages)
    let logits = try open.model.logits(ids, adapter: open.adapter)
    let positions = allPositions ? Array(ids.indices) : [ids.count - 1]
    if json {
      try print(positions, of: logits, ids, open, text?.tokenizer)
    } else {
      for position in positions {
        if allPositions {
          let token = TokenText.quoted(ids[position], text?.tokenizer)
          try Console.say("position \(position), behind \(ids[position]) \(token)")
        }
        try Console.say(table(logits[position], text?.tokenizer))
      }
    }
  }

  private func table(_ logits: [Float], _ tokenizer: Tokenizer?) -> String {
    let lines = Candidate.likeliest(top ?? 10, of: logits).map { candidate in
      String(
        format: "%8d %10.4f %10.4f  ", candidate.token, candidate.logit, candidate.logProbability)
        + TokenText.quoted(candidate.token, tokenizer)
    }
    return (["   token      logit      log p"] + lines).joined(separator: "\n")
  }

  /// Position by position, for all logits of a long prompt are many.
  private func print(
    _ positions: [Int], of logits: [[Float]], _ ids: [Int32], _ open: OpenCheckpoint,
    _ tokenizer: Tokenizer?
  ) throws {
    let head = JSON.object(
      open.provenance + [
        ("vocabulary_size", .integer(open.model.configuration.vocabularySize)),
        ("ids", .ids(ids)),
      ]
    ).text(indent: 0)
    try Console.write(head.dropLast() + ",\"positions\":[")
    for (index, position) in positions.enumerated() {
      var members: [(key: String, value: JSON)] = [
        ("position", .integer(position)), ("id", .integer(Int(ids[position]))),
      ]
      if let top {
        let likeliest = Candidate.likeliest(top, of: logits[position])
        members.append(("top", .array(likeliest.map { $0.json(tokenizer) })))
      } else {
        members.append(("logits", .floats(logits[position])))
      }
      try Console.write((index > 0 ? "," : "") + JSON.object(members).text(indent: 0))
    }
    try Console.say("]}")
  }
}

/// A token that may come next.
private struct Candidate {
  var token: Int32
  var logit: Float
  var logProbability: Double

  /// The largest logits, and log p = logit - log of the sum of all exponentials.
  static func likeliest(_ count: Int, of logits: [Float]) -> [Candidate] {
    let largest = Double(logits.max() ?? 0)
    let sum = logits.reduce(0) { $0 + exp(Double($1) - largest) }
    let logSum = largest + log(sum)
    let order = logits.indices.sorted { one, other in
      logits[one] == logits[other] ? one < other : logits[one] > logits[other]
    }
    return order.prefix(count).map {
      Candidate(
        token: Int32($0), logit: logits[$0], logProbability: Double(logits[$0]) - logSum)
    }
  }

  func json(_ tokenizer: Tokenizer?) -> JSON {
    .object([
      ("id", .integer(Int(token))), ("token", TokenText.json(token, tokenizer)),
      ("logit", .float(logit)), ("log_probability", .double(logProbability)),
    ])
  }
}
