import NosceFormats
import Testing

@Suite("JSON")
struct JSONTests {
  @Test("values of every kind are read, keys in their order")
  func values() throws {
    let json = try JSON(
      parsing:
        #" {"b": [1, -2.5, 1e3, true, false, null, "x"], "a": {}, "é": "\u00e9\ud83d\ude00\n"} "#
    )
    #expect(json.object?.keys == ["b", "a", "é"])
    #expect(
      json.object?["b"]
        == .array([
          .integer(1), .number(-2.5), .number(1000), .bool(true), .bool(false), .null, .string("x"),
        ]))
    #expect(json.object?["é"] == .string("é😀\n"))
    #expect(try JSON(parsing: "9223372036854775808") == .number(9_223_372_036_854_775_808))
  }

  @Test("keys that differ only in their Unicode form are different keys")
  func bytewiseKeys() throws {
    let json = try JSON(parsing: "{\"\u{E9}\": 1, \"e\u{301}\": 2}")
    #expect(json.object?["\u{E9}"] == .integer(1))
    #expect(json.object?["e\u{301}"] == .integer(2))
  }

  @Test(
    "what is not JSON is refused, with its place",
    arguments: [
      ("", 1, 1), ("{", 1, 2), ("[1,]", 1, 4), ("[1 2]", 1, 4), ("{\"a\" 1}", 1, 6),
      ("{\"a\":1,\n \"a\":2}", 2, 5), ("01", 1, 2), ("1.", 1, 3), ("-", 1, 2), ("1e", 1, 3),
      ("nul", 1, 1), ("\"abc", 1, 5), ("\"\\x\"", 1, 3), ("\"\\ud800\"", 1, 8), ("\"\t\"", 1, 2),
      ("1e999", 1, 6), ("{} {}", 1, 4), ("{1:2}", 1, 2), ("1\u{FEFF}", 1, 2), ("NaN", 1, 1),
    ])
  func refused(text: String, line: Int, column: Int) {
    let error = #expect(throws: JSONError.self) { try JSON(parsing: text) }
    #expect(error?.line == line && error?.column == column, "\(text): \(String(describing: error))")
  }

  @Test("bytes that are no UTF-8 and deep nesting are refused")
  func hostile() {
    #expect(throws: JSONError.self) { try JSON(parsing: [0x22, 0xFF, 0x22] as [UInt8]) }
    #expect(throws: JSONError.self) { try JSON(parsing: [0x22, 0xC0, 0x80, 0x22] as [UInt8]) }
    #expect(throws: JSONError.self) { try JSON(parsing: String(repeating: "[", count: 100_000)) }
  }

  @Test("what is written is read back equal, on one line or many", arguments: [0, 2])
  func roundTrip(indent: Int) throws {
    let json = JSON.object([
      ("text", .string("a\"b\\c\n\r\t\u{1}é😀\u{2028}")),
      (
        "numbers",
        .array([.integer(.min), .number(0.1), .number(1e-300), .number(.leastNonzeroMagnitude)])
      ),
      ("empty", .array([])), ("none", .object([])), ("null", .null), ("yes", .bool(true)),
    ])
    #expect(try JSON(parsing: json.text(indent: indent)) == json)
  }

  @Test("the written text has the usual form")
  func form() {
    let json = JSON.object([("a", .array([.integer(1), .integer(2)])), ("b", .object([]))])
    #expect(json.text(indent: 0) == #"{"a":[1,2],"b":{}}"#)
    #expect(json.text() == "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {}\n}")
  }
}
