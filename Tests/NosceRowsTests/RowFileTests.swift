import Foundation
import NosceCore
import NosceRows
import Testing

@Suite("Training rows in a file")
struct RowFileTests {
  private func rows(_ text: String) throws -> [TrainingRow] {
    try RowFile.read(Data(text.utf8), file: "rows.jsonl").map(\.row)
  }

  private func message(_ text: String) -> String {
    do {
      return "no error but \(try rows(text))"
    } catch let error as LabError {
      #expect(error.code == .invalidExperiment)
      return error.message
    } catch {
      return "another error: \(error)"
    }
  }

  private static let user = #"{"role": "user", "content": "Q"}"#
  private static let assistant = #"{"role": "assistant", "content": "A"}"#

  @Test("Of a conversation the assistant's turns are trained on, unless their weight is 0")
  func chat() throws {
    let rows = try rows(
      """
      {"messages": [{"role": "system", "content": "S"}, \(Self.user), \
      {"role": "assistant", "content": "A", "weight": 0}, \(Self.user), \
      {"weight": 1, "content": "B", "role": "assistant"}, \(Self.user), \(Self.assistant)]}
      """)
    guard case .chat(let turns) = rows.first else {
      Issue.record("found \(rows)")
      return
    }
    #expect(turns.map(\.isTrained) == [false, false, false, false, true, false, true])
    #expect(turns.map(\.message.content) == ["S", "Q", "A", "Q", "B", "Q", "A"])
    #expect(rows[0].answers == ["B", "A"])
  }

  @Test("Texts, completions and conversations in two parts")
  func texts() throws {
    let rows = try rows(
      """
      {"text": "one\\ntwo"}
      {"completion": " B", "prompt": "A"}\r
      {"prompt": "", "completion": "B"}
      {"prompt": [\(Self.user), \(Self.assistant), \(Self.user)], "completion": [\(Self.assistant)]}

      """)
    #expect(rows.count == 4)
    #expect(rows[0] == .document("one\ntwo"))
    #expect(rows[1] == .completion(prompt: "A", completion: " B"))
    #expect(rows[2] == .completion(prompt: "", completion: "B"))
    guard case .chat(let turns) = rows[3] else {
      Issue.record("found \(rows[3])")
      return
    }
    #expect(turns.map(\.isTrained) == [false, false, false, true])
  }

  @Test("Token ids with labels, and without")
  func tokens() throws {
    let rows = try rows(
      """
      {"input_ids": [5, 6, 7], "labels": [-100, -100, 7]}
      {"input_ids": [5, 6, 7]}
      """)
    #expect(rows[0] == .tokens([5, 6, 7], isTrained: [false, false, true]))
    #expect(rows[1] == .tokens([5, 6, 7], isTrained: [false, true, true]))
  }

  @Test("A whole conversation is a training row of an experiment")
  func trainingRow() throws {
    let row = try #require(
      try rows(#"{"messages": [\#(Self.user), \#(Self.assistant)]}"#).first)
    #expect(
      row == .chat([ChatMessage(.user, "Q"), ChatMessage(.assistant, "A")]))
  }

  @Test(
    "A bad line is an error with its number and what is allowed",
    arguments: [
      (#"{"text": 5}"#, "text that is an integer"),
      (#"{"text": ""}"#, "an empty text"),
      (#"{"text": null}"#, "text that is null"),
      (#"{"text": "a", "label": 1}"#, "the keys text, label"),
      (#"{"texts": "a"}"#, "the keys texts"),
      ("{}", "no keys"),
      ("[]", "a list"),
      ("7", "an integer"),
      (#"{"text": "a"} x"#, "column 15"),
      (#"{"text": "a", "text": "b"}"#, "stands twice"),
      (#"{"text": "a"#, "no closing quote"),
      (#"{"prompt": "a"}"#, "the keys prompt"),
      (#"{"prompt": "a", "completion": ""}"#, "an empty completion"),
      (#"{"prompt": [\#(user)], "completion": "a"}"#, "completion that is a string"),
      (#"{"prompt": [\#(user)], "completion": [\#(user)]}"#, "no turn to train on"),
      (#"{"prompt": [\#(user)], "completion": [\#(user), \#(assistant)]}"#, "another role"),
      (#"{"messages": []}"#, "messages that is empty"),
      (#"{"messages": "a"}"#, "messages that is a string"),
      (#"{"messages": [\#(user)]}"#, "no turn to train on"),
      (#"{"messages": [{"role": "tool", "content": "a"}]}"#, #"the role "tool""#),
      (#"{"messages": [{"content": "a"}]}"#, "the role missing"),
      (#"{"messages": [{"role": "assistant"}]}"#, "content that is null"),
      (#"{"messages": [{"role": "assistant", "content": [1]}]}"#, "content that is a list"),
      (
        #"{"messages": [{"role": "assistant", "content": "a", "name": "b"}]}"#,
        "name in messages[0]"
      ),
      (#"{"messages": [{"role": "user", "content": "a", "weight": 1}]}"#, "weight 1"),
      (#"{"messages": [{"role": "assistant", "content": "a", "weight": 2}]}"#, "weight 2"),
      (
        #"{"messages": [{"role": "assistant", "content": "a", "weight": 0}]}"#,
        "no turn to train on"
      ),
      (#"{"messages": [5]}"#, "messages[0] that is an integer"),
      (#"{"input_ids": [1]}"#, "1 input_ids"),
      (#"{"input_ids": "1"}"#, "input_ids that is a string"),
      (#"{"input_ids": [1, -2]}"#, "the id -2"),
      (#"{"input_ids": [1, 99999999999]}"#, "the id 99999999999"),
      (#"{"input_ids": [1, 2.5]}"#, "input_ids[1] that is a number"),
      (#"{"input_ids": [1, 2], "labels": [1]}"#, "1 labels for 2 input_ids"),
      (#"{"input_ids": [1, 2], "labels": [-100, 3]}"#, "labels[1] = 3"),
      (#"{"input_ids": [1, 2], "labels": [1, -100]}"#, "labels that train nothing"),
      ("", "an empty line"),
    ])
  func refused(_ line: String, _ found: String) {
    let text = #"{"text": "fine"}"# + "\n" + line + "\n" + #"{"text": "fine"}"# + "\n"
    let message = message(text)
    #expect(message.hasPrefix("rows.jsonl, line 2"))
    #expect(message.contains(found), "\(message)")
    #expect(message.count < 400)
  }

  @Test("A file in another encoding, or compressed, is named as what it is, once")
  func foreign() throws {
    let text = #"{"text": "Grüße"}"# + "\n" + #"{"text": "a"}"# + "\n"
    func message(_ data: Data) -> String {
      let (rows, problems) = RowFile.scan(data, file: "rows.jsonl", problemLimit: 20)
      #expect(rows.count < 2 && problems.count == 1, "\(problems)")
      return problems.map { "\($0)" }.joined(separator: "\n")
    }
    for (encoding, mark, name) in [
      (String.Encoding.utf16LittleEndian, [0xFF, 0xFE], "UTF-16, the low byte first"),
      (.utf16BigEndian, [], "UTF-16, the high byte first"),
      (.utf32LittleEndian, [0xFF, 0xFE, 0, 0], "UTF-32, the low byte first"),
      (.utf32BigEndian, [], "UTF-32, the high byte first"),
    ] as [(String.Encoding, [UInt8], String)] {
      let message = message(Data(mark) + (text.data(using: encoding) ?? Data()))
      #expect(
        message == "rows.jsonl: found text in \(name); allowed: JSON Lines in UTF-8", "\(message)")
    }
    #expect(message(Data([0x1F, 0x8B, 8, 0])).contains("compressed by gzip"))
    #expect(message(Data([0x28, 0xB5, 0x2F, 0xFD])).contains("compressed by zstd"))
    // Of an encoding without a mark only the lines tell that need it.
    let latin = message(text.data(using: .isoLatin1) ?? Data())
    #expect(latin.hasPrefix("rows.jsonl, line 1"))
    #expect(latin.contains("found text in Latin-1 or another encoding"), "\(latin)")
    #expect(latin.contains("allowed: UTF-8"))
  }

  @Test("A row that is written as a line is read back the same")
  func written() throws {
    let rows: [TrainingRow] = [
      .chat([
        .init(ChatMessage(.system, "S \"quoted\""), isTrained: false),
        .init(ChatMessage(.user, "Q\n\u{1}"), isTrained: false),
        .init(ChatMessage(.assistant, "not this"), isTrained: false),
        .init(ChatMessage(.user, "\u{2028}"), isTrained: false),
        .init(ChatMessage(.assistant, "Grüße 👋🏽"), isTrained: true),
      ]),
      .document(" blanks around \r\n"), .completion(prompt: "1 + 1 =", completion: " 2"),
      .tokens([1, 2, 3], isTrained: [false, true, true]),
    ]
    let lines = rows.map(\.line)
    #expect(lines.allSatisfy { !$0.contains("\n") })
    #expect(try self.rows(lines.joined(separator: "\n")) == rows)
  }

  @Test("A mark before UTF-8 is read over")
  func mark() throws {
    let text = #"{"text": "Grüße"}"# + "\n"
    let plain = try RowFile.read(Data(text.utf8), file: "rows.jsonl")
    #expect(try RowFile.read(Data([0xEF, 0xBB, 0xBF] + text.utf8), file: "rows.jsonl") == plain)
    #expect(plain.count == 1)
  }

  @Test("An empty file, and text that is no UTF-8, are errors")
  func unreadable() throws {
    #expect(message("").contains("found no rows"))
    #expect(message("\n\n").contains("found no rows"))
    let bytes = Data(#"{"text": "a"#.utf8) + Data([0xFF]) + Data("\"}".utf8)
    #expect(throws: LabError.self) { try RowFile.read(bytes, file: "rows.jsonl") }
    let missing = URL(fileURLWithPath: "/nowhere/rows.jsonl")
    let error = #expect(throws: LabError.self) { try RowFile.read(missing) }
    #expect(error?.code == .storage)
    #expect(error?.message.contains("/nowhere/rows.jsonl") == true)
  }
}
