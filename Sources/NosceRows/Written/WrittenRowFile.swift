import Foundation
import NosceCore
import NosceFormats

/// Rows that a model wrote, as they lie in a file of JSON Lines.
///
/// The first line says what they are: the model, and the pool. Every line ends with a SHA-256 of itself
/// and of the line before, so that a file can grow row by row and still not be changed unnoticed. A line
/// that was begun and not ended, as when the program is stopped, does not count.
package struct WrittenRowFile: Sendable {
  /// Whose rows they are.
  package struct Author: Sendable, Hashable {
    package var name: String
    /// Changes whenever the model, its tokenizer or its chat template does.
    package var hash: String

    package init(name: String, hash: String) {
      self.name = name
      self.hash = hash
    }
  }

  package struct Entry: Sendable, Hashable {
    package var question: String
    package var answer: String
    /// What it was drawn with.
    package var seed: UInt64

    package init(question: String, answer: String, seed: UInt64) {
      self.question = question
      self.answer = answer
      self.seed = seed
    }
  }

  package static let kind = "nosce-self-written-rows"

  package private(set) var entries: [Entry] = []
  /// Of the last whole line; nil before the first.
  package private(set) var hash: String?
  /// How many bytes the whole lines have.
  package private(set) var length = 0
  private let author: Author
  private let pool: RowPool

  /// A file without a line.
  package init(_ pool: RowPool, by author: Author) {
    self.pool = pool
    self.author = author
  }

  /// Reads what a file has, which must be this author's rows of this pool, as they were written.
  ///
  /// - Parameter name: what errors call it.
  package init(
    _ data: Data, name: String, pool: RowPool, by author: Author
  ) throws(LabError) {
    self.init(pool, by: author)
    var rest = data[...]
    var number = 0
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      number += 1
      let line = rest[..<end]
      rest = rest[(end + 1)...]
      try take(line, place: "\(name), line \(number)", number)
      length += line.count + 1
    }
  }

  private static let repair =
    "Put back the file as Nosce wrote it, or remove it to have its rows written anew"

  private mutating func take(
    _ line: Data, place: String, _ number: Int
  ) throws(LabError) {
    func failure(_ found: String, _ allowed: String) -> LabError {
      LabError(.version, "\(place): found \(found); allowed: \(allowed). \(Self.repair)")
    }
    guard let object = (try? JSON(parsing: line))?.object, let last = object.members.last,
      last.key == "sha256", let stated = last.value.string
    else { throw failure("no line with a sha256 at its end", "lines as they were written") }
    let content = JSON.object(Array(object.members.dropLast()))
    let made = Self.hash(content, behind: hash)
    let isSame = made == stated && String(decoding: line, as: UTF8.self) == Self.line(content, made)
    guard number > 1 else {
      // What it is for is said before that it was changed: the more telling of the two.
      try checkHeader(object, failure)
      guard isSame else { throw failure("a first line that was changed", "as it was written") }
      hash = stated
      return
    }
    let row = number - 2
    let what = "row \(row + 1)" + (row < pool.questions.count ? ", '\(pool.questions[row])'" : "")
    guard isSame else {
      throw failure(
        "\(what), of which the SHA-256 is \(made.prefix(12)) and not \(stated.prefix(12)): it or a "
          + "line before it was changed", "as it was written")
    }
    guard row < pool.questions.count, object["question"]?.string == pool.questions[row],
      let answer = object["answer"]?.string,
      let seed = object["seed"]?.string.flatMap({ UInt64($0) })
    else { throw failure("\(what), with other parts", "the pool's question, its answer and seed") }
    if case .likeliest(let options, _) = pool.answers, !options.contains(answer) {
      throw failure("\(what), with the answer '\(answer)'", options.joined(separator: " or "))
    }
    entries.append(Entry(question: pool.questions[row], answer: answer, seed: seed))
    hash = stated
  }

  private func checkHeader(
    _ object: JSONObject, _ failure: (String, String) -> LabError
  ) throws(LabError) {
    guard object["kind"]?.string == Self.kind else {
      throw failure("no line that says \(Self.kind)", "rows that a model wrote")
    }
    let model = object["model"]?.object
    guard model?["sha256"]?.string == author.hash else {
      throw failure(
        "rows of \(model?["name"]?.string ?? "no model") "
          + "(\((model?["sha256"]?.string ?? "?").prefix(12)))",
        "those of \(author.name) (\(author.hash.prefix(12)))")
    }
    guard case .object(let wanted) = pool.view else { return }
    let found = object["pool"]?.object ?? JSONObject()
    for key in wanted.keys + found.keys where wanted[key: key] != found[key: key] {
      throw failure(
        "\(key) = \(found[key: key]?.text(indent: 0) ?? "nothing")",
        wanted[key: key]?.text(indent: 0) ?? "nothing")
    }
  }

  // MARK: Writing

  /// The first line of a new file, with its line break.
  package mutating func begin() -> Data {
    append(
      .object([
        ("kind", .string(Self.kind)),
        ("note", .string(pool.note)),
        (
          "model",
          .object([("name", .string(author.name)), ("sha256", .string(author.hash))])
        ),
        ("pool", pool.view),
      ]))
  }

  /// The line of a further row, with its line break.
  package mutating func add(_ answer: String, seed: UInt64) -> Data {
    let question = pool.questions[entries.count]
    entries.append(Entry(question: question, answer: answer, seed: seed))
    return append(
      .object([
        ("row", .integer(entries.count)), ("seed", .string("\(seed)")),
        ("question", .string(question)), ("answer", .string(answer)),
      ]))
  }

  private mutating func append(_ content: JSON) -> Data {
    let hash = Self.hash(content, behind: hash)
    self.hash = hash
    let data = Data((Self.line(content, hash) + "\n").utf8)
    length += data.count
    return data
  }

  private static func hash(_ content: JSON, behind last: String?) -> String {
    ContentHash.of("\(last ?? "")\n\(content.text(indent: 0))")
  }

  private static func line(_ content: JSON, _ hash: String) -> String {
    let members = (content.object?.members ?? []) + [("sha256", .string(hash))]
    return JSON.object(members).text(indent: 0)
  }
}

extension JSONObject {
  /// The value of a key, null like any other.
  fileprivate subscript(key key: String) -> JSON? { members.first { $0.key == key }?.value }
}
