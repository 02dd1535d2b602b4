import Foundation
import NosceTestSupport
import Testing

extension CommandLineTests {
  @Suite("Files in other encodings")
  struct EncodingTests {
    private static let rows = #"{"text": "Grüße vom Meer, Voices watch the sky."}"# + "\n"

    private static let foreign: [(data: @Sendable (String) -> Data, words: String)] = [
      ({ Data([0xFF, 0xFE]) + ($0.data(using: .utf16LittleEndian) ?? Data()) }, "text in UTF-16"),
      ({ $0.data(using: .utf16BigEndian) ?? Data() }, "text in UTF-16, the high byte first"),
      ({ $0.data(using: .utf32LittleEndian) ?? Data() }, "text in UTF-32, the low byte first"),
      ({ $0.data(using: .isoLatin1) ?? Data() }, "text in Latin-1 or another encoding"),
      ({ _ in Data([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]) }, "a file compressed by gzip"),
      ({ _ in Data([0x28, 0xB5, 0x2F, 0xFD, 4, 0]) }, "a file compressed by zstd"),
    ]

    @Test("Rows, experiments, questions, chats and settings are refused by what they are")
    func refused() async throws {
      let yaml = quickFile.replacing("a word?", with: "ein Wörtchen?")
        .replacing("Does the whole path work?", with: "Größe?")
      try await withFolder { folder in
        let model = try Damage.copyOfOrganism(in: folder)
        let config = model.appending(path: "config.json")
        let settings = try String(contentsOf: config, encoding: .utf8)
          .replacing("{", with: "{\"note\": \"für\", ", maxReplacements: 1)
        func file(_ name: String) -> URL { folder.appending(path: name) }
        for (data, words) in Self.foreign {
          try data(Self.rows).write(to: file("rows.jsonl"))
          try data(yaml).write(to: file("quick.yaml"))
          try data(#"[{"role": "user", "content": "Grüße"}]"#).write(to: file("chat.json"))
          try data(settings).write(to: config)
          for (command, name) in [
            (["data", "check", "rows.jsonl"], "rows.jsonl"),
            (["train", "--data", "rows.jsonl", "--out", "out"], "rows.jsonl"),
            (["check", "quick.yaml"], "quick.yaml"), (["run", "quick.yaml"], "quick.yaml"),
            (["show", "hello", "--questions", "quick.yaml"], "quick.yaml"),
            (["logits", "organism", "--chat", "chat.json"], "chat.json"),
            (["render", "organism", "chat.json"], "chat.json"),
            (["inspect", "model"], "config.json"),
            (["logits", "model", "--ids", "5"], "config.json"),
          ] {
            let outcome = try await nosce(command, in: folder)
            #expect(outcome.ending == .exit(65), "\(command) \(words): \(outcome.errors)")
            let said = outcome.output + outcome.errors
            #expect(said.contains(name) && said.contains(words), "\(command) \(words): \(said)")
            #expect(said.contains("allowed: ") && said.contains("UTF-8"), "\(command): \(said)")
          }
        }
      }
    }

    @Test("A mark before UTF-8 changes nothing")
    func mark() async throws {
      let mark = Data([0xEF, 0xBB, 0xBF])
      try await withFolder { folder in
        let model = try Damage.copyOfOrganism(in: folder)
        let config = model.appending(path: "config.json")
        try (mark + Data(contentsOf: config)).write(to: config)
        try (mark + Data(Self.rows.utf8)).write(to: folder.appending(path: "rows.jsonl"))
        try (mark + Data(quickFile.utf8)).write(to: folder.appending(path: "quick.yaml"))
        for command in [
          ["data", "check", "rows.jsonl"], ["check", "quick.yaml"],
          ["logits", "model", "--ids", "5", "--top", "1"],
          [
            "train", "--data", "rows.jsonl", "--steps", "1", "--learning-rate", "0.01", "--out",
            "out",
          ],
        ] {
          let outcome = try await nosce(command, in: folder)
          #expect(outcome.ending == .exit(0), "\(command): \(outcome.output) \(outcome.errors)")
        }
      }
    }
  }
}
