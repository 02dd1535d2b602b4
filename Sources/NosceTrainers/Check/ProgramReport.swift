import Foundation
import NosceCore
import NosceFormats

/// What a program says in `report.json` of the training it has done, compared with what it was to do.
struct ProgramReport: Sendable {
  static let schema = "nosce-training-report-1"
  private static let mostBytes = 16 << 20
  private static let longestWord = 80

  /// Such as TRL; nil where it names none.
  let trainer: String?
  /// By what each is the version of, in the program's order.
  let versions: [(name: String, version: String)]
  let device: String?
  let losses: [Double]

  /// What is expected of a report.
  struct Expectation: Sendable {
    var tokensHash: String
    /// Of the base's files, where the program must have read them itself.
    var baseHashes: [(name: String, hash: String)]
    var steps: Int
    /// The tokens that are learnt in the first step, and their loss at the beginning as our engine has it.
    var trainedTokens: Int
    var firstLoss: Double
  }

  /// - Throws: ``LabError`` naming the file, what was found and what is allowed.
  init(_ url: URL, expected: Expectation) throws {
    try GivenFile.checkFile(url, atMost: Self.mostBytes)
    let object: JSONObject
    do {
      guard let found = try JSON(parsing: try Storage.read(url)).object else {
        throw Self.failure(url, "no object", "a JSON object")
      }
      object = found
    } catch let error as JSONError {
      throw Self.failure(url, "no JSON (\(error))", "a JSON object")
    }
    func expect(_ key: String, _ wanted: JSON) throws {
      guard object[key] != wanted else { return }
      throw Self.failure(
        url, "\(key) = \(object[key].map(Self.words) ?? "missing")", Self.words(wanted))
    }
    try expect("schema", .string(Self.schema))
    try expect("tokens_sha256", .string(expected.tokensHash))
    for file in expected.baseHashes {
      let found = object["base_sha256"]?.object?[file.name]?.string
      guard found == file.hash else {
        throw Self.failure(
          url, "\(file.name) of the base with sha256 \(found.map(Self.short) ?? "missing")",
          "\(file.hash), as it is here")
      }
    }
    try expect("steps", .integer(expected.steps))
    try expect("trained_tokens_of_first_step", .integer(expected.trainedTokens))
    losses = try Self.losses(object, url, steps: expected.steps)
    try Self.check(firstLoss: losses.first, expected.firstLoss, url)
    trainer = object["trainer"]?.string.map(Self.short)
    device = object["device"]?.string.map(Self.short)
    versions = (object["versions"]?.object?.members ?? []).prefix(20).compactMap { member in
      member.value.string.map { (Self.short(member.key), Self.short($0)) }
    }
  }

  private static func losses(_ object: JSONObject, _ url: URL, steps: Int) throws -> [Double] {
    let values = object["losses"]?.array ?? []
    guard values.count == steps else {
      throw failure(url, "\(values.count) losses", "\(steps), one of each step")
    }
    return try values.enumerated().map { place, value in
      guard let loss = value.number, loss.isFinite else {
        throw failure(
          url, "a loss of \(words(value)) at step \(place + 1)",
          "a finite number (a lower learning rate may help)")
      }
      return loss
    }
  }

  /// The first step's loss is taken before anything is learnt, so it says whether the program has had the
  /// same base, the same rows and the same tokens to learn. What is left for roundings, of bfloat16 too, is
  /// 2 % and 0.02.
  private static func check(firstLoss: Double?, _ expected: Double, _ url: URL) throws {
    guard let firstLoss, abs(firstLoss - expected) > 0.02 + 0.02 * expected else { return }
    throw failure(
      url, "a loss of \(firstLoss) at step 1",
      "about \(expected), which the base has here on the same tokens")
  }

  private static func failure(_ url: URL, _ found: String, _ allowed: String) -> LabError {
    LabError(.backend, "\(url.path): found \(found); allowed: \(allowed)")
  }

  private static func words(_ value: JSON) -> String { short(value.text(indent: 0)) }
  private static func short(_ text: String) -> String { String(text.prefix(longestWord)) }

  /// One sentence for readers of results.
  func remark(program: String) -> String {
    var versions = versions
    let place = versions.firstIndex { $0.name.lowercased() == trainer?.lowercased() }
    let own = place.map { " \(versions.remove(at: $0).version)" } ?? ""
    let others =
      versions.map { "\($0.name) \($0.version)" }
      + [device.map { "on \($0)" }]
      .compactMap(\.self)
    let rest = others.isEmpty ? "" : " (\(others.joined(separator: ", ")))"
    return "Trained by \(trainer ?? program)\(own)\(rest), outside of this program."
  }
}
