import Foundation
import NosceFormats
import NosceTestSupport
import Testing

extension CommandLineTests {
  @Suite("Conversations through a chat template")
  struct RenderTests {
    private static let message = [
      "--message", "system:You are nova.", "--message", "user:Who: you?", "--message",
      "assistant:Me.",
    ]
    private static let text =
      "<|im_start|>system\nYou are nova.<|im_end|>\n<|im_start|>user\nWho: you?<|im_end|>\n"
      + "<|im_start|>assistant\nMe.<|im_end|>\n"

    @Test("What is trained on stands between brackets")
    func marked() async throws {
      let outcome = try await nosce(["render", "organism"] + Self.message)
      #expect(outcome.ending == .exit(0))
      #expect(outcome.errors.isEmpty)
      #expect(
        outcome.output == Self.text.replacing("Me.<|im_end|>", with: "⟦Me.<|im_end|>⟧") + "\n")
    }

    @Test("On a terminal it is green")
    func coloured() async throws {
      let terminal = try Terminal()
      let outcome = try await nosce(
        ["render", "organism"] + Self.message, output: terminal.handle)
      #expect(outcome.ending == .exit(0))
      let shown = try await terminal.text()
      #expect(shown.contains("\u{1B}[32mMe.<|im_end|>\u{1B}[0m"))
      #expect(!shown.contains("⟦"))
    }

    @Test("A prompt ends where the assistant is to speak, or to go on")
    func prompts() async throws {
      let invited = try await nosce(
        ["render", "organism", "--message", "user:Hi", "--generation-prompt"])
      #expect(
        invited.output == "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n\n")
      let open = try await nosce(["render", "organism", "--continue-final"] + Self.message)
      #expect(open.output.hasSuffix("<|im_start|>assistant\n⟦Me.⟧\n"))
    }

    @Test("Files: a list, an object, lines of objects; and standard input")
    func files() async throws {
      try await withFolder { folder in
        let list =
          #"[{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Me."}]"#
        let object = #"{"messages": \#(list)}"#
        try Data(list.utf8).write(to: folder.appending(path: "list.json"))
        try Data(object.utf8).write(to: folder.appending(path: "object.json"))
        try Data((object + "\n\n" + object + "\n").utf8)
          .write(to: folder.appending(path: "lines.jsonl"))
        let one = try await nosce(["render", "organism", "list.json"], in: folder)
        #expect(one.ending == .exit(0))
        #expect(one.output.contains("⟦Me.<|im_end|>⟧"))
        #expect(
          try await nosce(["render", "organism", "object.json"], in: folder).output == one.output)
        #expect(try await nosce(["render", "organism", "-"], input: list).output == one.output)
        let two = try await nosce(["render", "organism", "lines.jsonl"], in: folder)
        #expect(two.output == one.output + one.output)
      }
    }

    @Test("As JSON: text, ids, which are trained on, and where they stand")
    func json() async throws {
      let outcome = try await nosce(["render", "organism", "--json"] + Self.message)
      #expect(outcome.ending == .exit(0))
      let object = try #require(
        try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
      #expect(object["text"] as? String == Self.text)
      let ids = try #require(object["ids"] as? [Int])
      let trained = try #require(object["trained"] as? [Bool])
      #expect(trained.count == ids.count)
      let learnt = zip(ids, trained).filter(\.1).map { "\($0.0)" }
      let back = try await nosce([
        "tokenize", "organism", "--decode", learnt.joined(separator: ","),
      ])
      #expect(back.output == "Me.<|im_end|>\n")
      let spans = try #require(object["spans"] as? [[Int]])
      let start = Self.text.count - "Me.<|im_end|>\n".count
      #expect(spans == [[start, Self.text.count - 1]])
    }

    @Test("Wrong usage and wrong files are refused")
    func refused() async throws {
      for arguments in [
        ["render", "organism"], ["render", "organism", "x.json", "--message", "user:Hi"],
        ["render", "organism", "--message", "Hi"],
        ["render", "organism", "--message", "user:Hi", "--generation-prompt", "--continue-final"],
      ] {
        #expect(try await nosce(arguments).ending == .exit(64))
      }
      for (text, words) in [
        ("{", "no JSON"), ("{}", "no messages"), ("[1]", "a list of objects"), ("3", "an integer"),
        ("[]", "without messages"), (#"[{"role": "user"}]"#, "content"), ("", "no JSON"),
      ] {
        let outcome = try await nosce(["render", "organism", "-"], input: text)
        #expect(outcome.ending == .exit(65), "\(text)")
        #expect(outcome.errors.contains(words), "\(text): \(outcome.errors)")
      }
    }
  }
}
