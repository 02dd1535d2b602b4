import Foundation
import NosceFormats

extension BenchInputs {
  /// Reads an inputs file.
  package init(contentsOf url: URL) throws {
    let data = try Data(contentsOf: url)
    let json: JSON
    do {
      json = try JSON(parsing: data)
    } catch {
      throw BenchError("\(url.path): found no JSON (\(error)); allowed: an inputs file")
    }
    try self.init(InputsReader(file: url.path, place: "", json: json))
  }

  private init(_ reader: InputsReader) throws(BenchError) {
    model = try reader["model"].text()
    adapterRank = try reader["lora_rank"].integer()
    adapterAlpha = Double(try reader["lora_alpha"].integer())
    training = try reader["train"].list { batch throws(BenchError) in
      try batch.list { row throws(BenchError) in try row.ids() }
    }
    samplePrompts = try reader["sample_prompts"].list { row throws(BenchError) in try row.ids() }
    singlePrompt = try reader["single_prompt"].ids()
    newTokens = try reader["new_tokens"].integer()
    scoring = try reader["score"].list { item throws(BenchError) in
      ScoreItem(
        prompt: try item["prompt"].ids(),
        candidates: try item["cands"].list { row throws(BenchError) in try row.ids() })
    }
    experiment = try reader.optional("experiment").map(ChatTexts.init)
  }
}

extension ChatTexts {
  fileprivate init(_ reader: InputsReader) throws(BenchError) {
    arms = try reader["arms"].list { arm throws(BenchError) in
      try arm.list { row throws(BenchError) in
        Row(user: try row["user"].text(), assistant: try row["assistant"].text())
      }
    }
    questions = try reader["questions"].list { text throws(BenchError) in try text.text() }
    choices = try reader["choices"].list { choice throws(BenchError) in
      Choice(
        question: try choice["question"].text(),
        options: try choice["options"].list { text throws(BenchError) in try text.text() })
    }
  }
}

/// One value of an inputs file that knows where it stands.
private struct InputsReader {
  let file: String
  let place: String
  let json: JSON?

  init(file: String, place: String, json: JSON?) {
    self.file = file
    self.place = place
    self.json = json
  }

  subscript(key: String) -> InputsReader {
    InputsReader(
      file: file, place: place.isEmpty ? key : "\(place).\(key)", json: json?.object?[key])
  }

  func optional(_ key: String) -> InputsReader? {
    let value = self[key]
    return value.json == nil ? nil : value
  }

  private func failure(_ allowed: String) -> BenchError {
    BenchError("\(file): \(place): found \(json?.kind ?? "nothing"); allowed: \(allowed)")
  }

  func text() throws(BenchError) -> String {
    guard let text = json?.string else { throw failure("a string") }
    return text
  }

  func integer() throws(BenchError) -> Int {
    guard let number = json?.integer, (1...1_000_000).contains(number) else {
      throw failure("a whole number from 1 to 1000000")
    }
    return number
  }

  func list<Element>(
    _ element: (InputsReader) throws(BenchError) -> Element
  ) throws(BenchError) -> [Element] {
    guard let values = json?.array, !values.isEmpty else { throw failure("a list, not empty") }
    var result: [Element] = []
    result.reserveCapacity(values.count)
    for (index, value) in values.enumerated() {
      result.append(
        try element(InputsReader(file: file, place: "\(place)[\(index)]", json: value)))
    }
    return result
  }

  func ids() throws(BenchError) -> [Int32] {
    try list { value throws(BenchError) in
      guard let id = value.json?.integer, (0...Int(Int32.max)).contains(id) else {
        throw value.failure("a token id")
      }
      return Int32(id)
    }
  }
}
