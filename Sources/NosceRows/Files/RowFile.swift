import Foundation
import NosceCore
import NosceFormats

/// Reads training rows from JSON Lines, strictly: a line that is not understood whole is an error.
///
/// Each line is one object in one of these forms, which may be mixed:
///
///     {"messages": [{"role": "user", "content": "…"}, {"role": "assistant", "content": "…"}]}
///     {"text": "…"}
///     {"prompt": "…", "completion": "…"}         strings, or lists of messages
///     {"input_ids": [1, 2, 3], "labels": [-100, 2, 3]}
///
/// The assistant's turns are trained on, unless they have `"weight": 0`; of a `prompt` nothing is.
/// A label is -100 where nothing is to be learnt, else the id at the same place; without labels
/// everything is trained on. Errors are ``LabError`` and name file and line.
package enum RowFile {
  package static func read(_ url: URL) throws -> [NumberedRow] {
    try read(Storage.read(url), file: url.relativePath)
  }

  package static func read(_ data: Data, file: String) throws -> [NumberedRow] {
    let (rows, problems) = scan(data, file: file, problemLimit: 1)
    if let first = problems.first { throw LabError(.invalidExperiment, "\(first)") }
    return rows
  }

  /// The rows that can be read, and everything that is wrong with the others, in the order of the
  /// file. Reading ends at the limit: a file that is no such thing has a problem in every line.
  package static func scan(
    _ data: Data, file: String, problemLimit: Int
  ) -> (rows: [NumberedRow], problems: [RowProblem]) {
    if let found = ForeignText.signature(of: data) {
      let message = "found \(found); allowed: JSON Lines in UTF-8"
      return ([], [RowProblem(file: file, line: nil, kind: .badLine, message: message)])
    }
    var rows: [NumberedRow] = []
    var problems: [RowProblem] = []
    var blank: [RowProblem] = []
    var number = 0
    let data = data.starts(with: ForeignText.mark) ? data.dropFirst(ForeignText.mark.count) : data
    // A last line break ends the last line and begins no other.
    for line in data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      number += 1
      let reader = RowReader(file: file, line: number)
      if line.allSatisfy({ [0x20, 0x09, 0x0D].contains($0) }) {
        if blank.count < problemLimit {
          blank.append(reader.failure("an empty line", "a JSON object"))
        }
        continue
      }
      problems += blank
      blank = []
      do {
        rows.append(NumberedRow(file: file, line: number, row: try reader.row(line)))
      } catch {
        problems.append(error as? RowProblem ?? reader.failure("\(error)", "a row"))
      }
      if problems.count >= problemLimit { break }
    }
    if rows.isEmpty, problems.isEmpty {
      problems = [
        RowProblem(
          file: file, line: nil, kind: .badLine,
          message: "found no rows; allowed: at least one line")
      ]
    }
    return (rows, problems)
  }
}

/// What is wrong with one line of a file of rows.
package struct RowProblem: Error, Sendable, Hashable, CustomStringConvertible {
  package enum Kind: Sendable, Hashable {
    case badLine
    /// A conversation of which nothing would be learnt.
    case nothingToTrainOn
  }

  package var file: String
  /// Counted from 1; nil where the whole file is meant.
  package var line: Int?
  /// Counted from 1, where text is no JSON.
  package var column: Int?
  package var kind: Kind
  package var message: String

  package init(file: String, line: Int?, column: Int? = nil, kind: Kind, message: String) {
    self.file = file
    self.line = line
    self.column = column
    self.kind = kind
    self.message = message
  }

  package var description: String {
    let line = line.map { ", line \($0)" } ?? ""
    return "\(file)\(line)\(column.map { ", column \($0)" } ?? ""): \(message)"
  }
}

/// Reads one line.
private struct RowReader {
  let file: String
  let line: Int

  private static let forms = [
    ["messages"], ["text"], ["prompt", "completion"], ["input_ids", "labels"], ["input_ids"],
  ]

  func row(_ bytes: Data) throws -> TrainingRow {
    let json: JSON
    do throws(JSONError) {
      json = try JSON(parsing: bytes)
    } catch {
      throw RowProblem(
        file: file, line: line, column: error.column, kind: .badLine, message: error.message)
    }
    guard let object = json.object else { throw failure(json.kind, "a JSON object") }
    guard Self.forms.contains(where: { Set($0) == Set(object.keys) }) else {
      throw failure(
        object.keys.isEmpty ? "no keys" : "the keys \(object.keys.joined(separator: ", "))",
        Self.forms.map { $0.joined(separator: " + ") }.joined(separator: "; "))
    }
    if let messages = object["messages"] {
      return .chat(try turns(messages, "messages", trains: true))
    }
    if object.keys.contains("text") {
      return .document(try nonEmpty(object["text"], "text"))
    }
    if object.keys.contains("input_ids") { return try tokens(object) }
    guard object["prompt"]?.array != nil else {
      return .completion(
        prompt: try string(object["prompt"], "prompt"),
        completion: try nonEmpty(object["completion"], "completion"))
    }
    let prompt = try turns(object["prompt"] ?? .null, "prompt", trains: nil)
    let completion = try turns(object["completion"] ?? .null, "completion", trains: true)
    guard completion.first?.message.role == .assistant else {
      throw failure("a completion that begins with another role", "the assistant's turn first")
    }
    return .chat(prompt + completion)
  }

  /// - Parameter trains: nil where no turn may have a weight, since none is trained on.
  private func turns(_ value: JSON, _ key: String, trains: Bool?) throws -> [TrainingRow.Turn] {
    guard let list = value.array, !list.isEmpty else {
      throw failure("\(key) that is \(value.array == nil ? value.kind : "empty")", "messages")
    }
    let turns = try list.enumerated().map { index, value in
      try turn(value, "\(key)[\(index)]", trains: trains)
    }
    if trains != nil, !turns.contains(where: \.isTrained) {
      throw failure(
        "no turn to train on in \(key)", "at least one assistant turn of weight 1",
        .nothingToTrainOn)
    }
    return turns
  }

  private func turn(_ value: JSON, _ place: String, trains: Bool?) throws -> TrainingRow.Turn {
    guard let object = value.object else {
      throw failure("\(place) that is \(value.kind)", "an object with role and content")
    }
    let allowed = ["role", "content", "weight"]
    if let key = object.keys.first(where: { !allowed.contains($0) }) {
      throw failure("\(key) in \(place)", allowed.joined(separator: ", "))
    }
    let roles = ChatMessage.Role.allCases.map(\.rawValue)
    guard let name = object["role"]?.string, let role = ChatMessage.Role(rawValue: name) else {
      throw failure(
        "the role \(object["role"]?.text(indent: 0).prefix(40) ?? "missing") in \(place)",
        roles.joined(separator: ", "))
    }
    guard let content = object["content"]?.string else {
      throw failure("content that is \(kind(object["content"])) in \(place)", "a string")
    }
    var isTrained = trains == true && role == .assistant
    if let weight = object["weight"] {
      guard trains != nil, role == .assistant, let number = weight.integer, [0, 1].contains(number)
      else {
        throw failure(
          "weight \(weight.text(indent: 0).prefix(40)) in \(place)",
          "0 or 1, on the assistant's turns")
      }
      isTrained = number == 1
    }
    return TrainingRow.Turn(ChatMessage(role, content), isTrained: isTrained)
  }

  private func tokens(_ object: JSONObject) throws -> TrainingRow {
    let ids = try integers(object["input_ids"], "input_ids")
    guard ids.count > 1 else {
      throw failure("\(ids.count) input_ids", "two or more: one is predicted from another")
    }
    if let wrong = ids.first(where: { $0 < 0 || $0 > Int(Int32.max) }) {
      throw failure("the id \(wrong) in input_ids", "whole numbers from 0")
    }
    var isTrained = ids.indices.map { $0 > 0 }
    if object.keys.contains("labels") {
      let labels = try integers(object["labels"], "labels")
      guard labels.count == ids.count else {
        throw failure("\(labels.count) labels for \(ids.count) input_ids", "one label for each")
      }
      for (index, (label, id)) in zip(labels, ids).enumerated() where label != -100 && label != id {
        throw failure("labels[\(index)] = \(label)", "-100, or \(id), the id at the same place")
      }
      isTrained = labels.map { $0 != -100 }
      guard isTrained.dropFirst().contains(true) else {
        throw failure("labels that train nothing", "a label other than -100 behind the first")
      }
    }
    return .tokens(ids.map { Int32($0) }, isTrained: isTrained)
  }

  private func integers(_ value: JSON?, _ key: String) throws -> [Int] {
    guard let list = value?.array else { throw failure("\(key) that is \(kind(value))", "a list") }
    return try list.enumerated().map { index, element in
      guard let integer = element.integer else {
        throw failure("\(key)[\(index)] that is \(element.kind)", "a whole number")
      }
      return integer
    }
  }

  private func string(_ value: JSON?, _ key: String) throws -> String {
    guard let string = value?.string else {
      throw failure("\(key) that is \(kind(value))", "a string")
    }
    return string
  }

  private func nonEmpty(_ value: JSON?, _ key: String) throws -> String {
    let string = try string(value, key)
    guard !string.isEmpty else { throw failure("an empty \(key)", "a text to train on") }
    return string
  }

  private func kind(_ value: JSON?) -> String { value?.kind ?? "null" }

  func failure(
    _ found: String, _ allowed: String, _ kind: RowProblem.Kind = .badLine
  ) -> RowProblem {
    RowProblem(
      file: file, line: line, kind: kind, message: "found \(found); allowed: \(allowed)")
  }
}
