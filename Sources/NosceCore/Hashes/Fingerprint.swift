import NosceFormats

/// Something of which a written view decides whether two of its kind are the same.
///
/// The view is written by hand, and so it changes when somebody decides that something counts, and
/// not when a type gets another field. Words that explain and nothing hangs on, such as notes, are
/// left out of it.
package protocol Fingerprinted {
  /// What counts. Numbers are finite or given as text.
  var fingerprint: JSON { get }
}

/// Content hashes of values, with the version of the views that they are made of.
package enum Fingerprint {
  /// Changes whenever a view does: hashes of two versions are never compared.
  package static let version = "nosce-content-5"

  package static func hash(of value: some Fingerprinted) -> String {
    ContentHash.of(
      JSON.object([("version", .string(version)), ("content", value.fingerprint)]).text(indent: 0))
  }

  package static func hash(of values: [some Fingerprinted]) -> String {
    ContentHash.of(
      JSON.object([
        ("version", .string(version)), ("content", .array(values.map(\.fingerprint))),
      ]).text(indent: 0))
  }
}

// What views are made of.
extension JSON {
  /// A kind, and the parts that it has; parts that are nil are not there.
  package static func view(
    _ kind: String, _ parts: [(key: String, value: JSON?)] = []
  ) -> JSON {
    .object(
      [("kind", .string(kind))] + parts.compactMap { key, value in value.map { (key, $0) } })
  }

  /// Parts alone.
  package static func parts(_ parts: [(key: String, value: JSON?)]) -> JSON {
    .object(parts.compactMap { key, value in value.map { (key, $0) } })
  }

  package static func texts(_ texts: [String]) -> JSON { .array(texts.map { .string($0) }) }
  package static func integers(_ values: [Int]) -> JSON { .array(values.map { .integer($0) }) }
  package static func list(_ values: [some Fingerprinted]) -> JSON {
    .array(values.map(\.fingerprint))
  }

  /// Texts by name, in alphabetical order.
  package static func texts(_ texts: [String: String]) -> JSON {
    .object(texts.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
  }

  /// A number by the shortest text that reads back the same.
  package static func real(_ value: Double) -> JSON {
    value.isFinite ? .number(value) : .string("\(value)")
  }

  /// A number with all its bits, which not every reader of JSON keeps.
  package static func bits(_ value: UInt64) -> JSON { .string("\(value)") }
}
