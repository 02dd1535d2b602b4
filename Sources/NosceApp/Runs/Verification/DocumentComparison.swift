import Foundation
import NosceFormats

/// What two versions of a document differ in, each difference by itself.
enum DocumentComparison {
  /// The lines in which a text differs; of a text that differs in many, only the first are shown.
  static let mostLines = 40

  /// The values of a JSON document that differ, by their paths.
  static func values(
    _ part: Verification.Part, _ file: String, found: JSON, expected: JSON
  ) -> [Verification.Difference] {
    var differences: [Verification.Difference] = []
    func compare(_ found: JSON?, _ expected: JSON?, _ path: String) {
      switch (found, expected) {
      case (.object(let one)?, .object(let other)?):
        let known = Set(other.keys)
        for key in other.keys + one.keys.filter({ !known.contains($0) }) {
          compare(
            member(key, of: one), member(key, of: other), path.isEmpty ? key : "\(path).\(key)")
        }
      case (.array(let one)?, .array(let other)?):
        for index in 0..<max(one.count, other.count) {
          let (one, other) = (element(index, of: one), element(index, of: other))
          compare(one, other, "\(path)[\(label(of: other ?? one) ?? "\(index)")]")
        }
      default:
        if found == expected { return }
        var shown = (found: found.map(text), expected: expected.map(text))
        if found?.string != nil || expected?.string != nil {
          shown = Excerpt.pair(shown.found, shown.expected)
        }
        differences.append(
          .init(part, "\(file): \(path)", found: shown.found, expected: shown.expected))
      }
    }
    compare(found, expected, "")
    return differences
  }

  /// The lines of a text that differ, counted from 1.
  static func lines(
    _ part: Verification.Part, _ file: String, found: Data, expected: String
  ) -> [Verification.Difference] {
    let expected = Data(expected.utf8)
    if found == expected { return [] }
    let (one, other) = (split(found), split(expected))
    let least = min(one.count, other.count)
    let head = zip(one, other).prefix { $0 == $1 }.count
    // Lines that were put in or left out move those behind them, which are the same.
    let tail =
      one.count == other.count
      ? 0
      : zip(one.reversed(), other.reversed()).prefix(least - head).prefix { $0 == $1 }.count
    var differences: [Verification.Difference] = []
    for index in head..<(max(one.count, other.count) - tail) {
      let there = index < one.count - tail ? one[index] : nil
      let should = index < other.count - tail ? other[index] : nil
      if there == should { continue }
      let shown = Excerpt.pair(there.map(text), should.map(text))
      differences.append(
        .init(
          part, "\(file), line \(index + 1)", found: shown.found ?? "no such line",
          expected: shown.expected ?? "no such line"))
    }
    guard differences.count > mostLines else { return differences }
    let rest = differences.count - mostLines
    return Array(differences.prefix(mostLines)) + [
      .init(part, "\(file), further lines", found: "\(rest) that differ", expected: "none")
    ]
  }

  private static func split(_ data: Data) -> [Data] {
    data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { Data($0) }
  }

  private static func text(_ line: Data) -> String { String(decoding: line, as: UTF8.self) }

  /// The value of a key; that it is null is told from its absence.
  private static func member(_ key: String, of object: JSONObject) -> JSON? {
    object.members.first { $0.key == key }?.value
  }

  private static func element(_ index: Int, of list: [JSON]) -> JSON? {
    list.indices.contains(index) ? list[index] : nil
  }

  /// What an entry of a list is called, where it has a name.
  private static func label(of value: JSON?) -> String? {
    guard let object = value?.object else { return nil }
    let names = ["name", "arm", "probe", "title", "floor"].compactMap { object[$0]?.string }
    let seed = object["seed"]?.integer.map { ["seed \($0)"] } ?? []
    let task = object["task"]?.string.map { [$0] } ?? []
    let all = names + seed + task
    return all.isEmpty ? nil : all.joined(separator: "/")
  }

  private static func text(_ value: JSON) -> String {
    switch value {
    case .null: "null"
    case .bool(let bool): "\(bool)"
    case .integer(let integer): "\(integer)"
    case .number(let number): JSONText.number(number)
    case .string(let text): text
    case .array(let list): "a list of \(list.count)"
    case .object(let object): "an object with \(object.keys.joined(separator: ", "))"
    }
  }
}
