import Foundation
import NosceCore
import NosceTestSupport
import Testing

extension CommandLineTests {
  @Suite("Text as tokens, and back")
  struct TokenizeTests {
    private func object(_ outcome: Outcome) throws -> [String: Any] {
      try #require(
        try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    }

    @Test("Each token is a line with its id and its text")
    func lines() async throws {
      let outcome = try await nosce(["tokenize", "organism", "You are nova.\n"])
      #expect(outcome.ending == .exit(0))
      #expect(outcome.errors.isEmpty)
      let lines = outcome.output.split(separator: "\n").map(String.init)
      #expect(lines.last == "\(lines.count - 1) tokens")
      for line in lines.dropLast() {
        #expect(try line.wholeMatch(of: Regex(#" *[0-9]+  ".+""#)) != nil, "\(line)")
      }
      #expect(lines.dropLast().last?.hasSuffix(#""\n""#) == true)
      let bytes = try await nosce(["tokenize", "organism", "é"])
      #expect(bytes.output.contains(#""\xC3""#))
    }

    @Test("An argument, a file and standard input give the same tokens")
    func sources() async throws {
      try await withFolder { folder in
        let text = "Harbours hold\n\tthe light: 42 é.\n"
        try Data(text.utf8).write(to: folder.appending(path: "text.txt"))
        let typed = try await nosce(["tokenize", "organism", "--json"], input: text)
        let given = try await nosce(["tokenize", "organism", text, "--json"])
        let file = try await nosce(
          ["tokenize", "organism", "--file", "text.txt", "--json"], in: folder)
        #expect(typed.ending == .exit(0))
        #expect(given.output == typed.output)
        #expect(file.output == typed.output)
        let ids = try #require(try object(typed)["ids"] as? [Int])
        #expect(try object(typed)["text"] as? String == text)
        #expect((try object(typed)["tokens"] as? [String])?.count == ids.count)
        let back = try await nosce(
          ["tokenize", "organism", "--decode", ids.map { "\($0)" }.joined(separator: " ")])
        #expect(back.output == text + "\n")
        let list = try await nosce(
          ["tokenize", "organism", "--decode", "--json"], input: "\(ids)")
        #expect(try object(list)["text"] as? String == text)
      }
    }

    @Test("Special tokens are left out of decoded text when asked")
    func special() async throws {
      let marked = try await nosce(["tokenize", "organism", "--decode", "1,5,2"])
      let plain = try await nosce(["tokenize", "organism", "--decode", "--no-special", "1,5,2"])
      #expect(marked.output.contains("<|im_start|>"))
      #expect(!plain.output.contains("<|"))
    }

    @Test("What is no checkpoint, no id or no text is refused")
    func refused() async throws {
      let model = try await nosce(["tokenize", "nowhere", "x"])
      #expect(model.ending == .exit(65))
      #expect(model.errors.contains("'nowhere'") && model.errors.contains("organism"))
      for ids in ["99999999", "-1", "a", "99999999999999999999"] {
        let outcome = try await nosce(["tokenize", "organism", "--decode"], input: ids)
        #expect(outcome.ending == .exit(65))
        #expect(outcome.errors.contains("'\(ids)'"))
      }
      let missing = try await nosce(["tokenize", "organism", "--file", "nowhere.txt"])
      #expect(missing.ending == .exit(74))
      try await withFolder { folder in
        try Data([0x61, 0xFF]).write(to: folder.appending(path: "bytes"))
        let bytes = try await nosce(["tokenize", "organism", "--file", "bytes"], in: folder)
        #expect(bytes.ending == .exit(65))
        #expect(bytes.errors.contains("UTF-8"))
        let empty = try await nosce(["tokenize", folder.path, "x"])
        #expect(empty.ending == .exit(65))
        #expect(empty.errors.contains("tokenizer.json"))
      }
    }
  }
}
