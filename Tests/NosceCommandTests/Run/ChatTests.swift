import Foundation
import NosceTestSupport
import Testing

extension WholeRunTests {
  @Suite("Talking to a subject")
  struct ChatTests {
    private static let questions = "Tell me about bread.\nWhat is special about your answers?\n"

    @Test("Questions are read from standard input, answers written to standard output")
    func base() async throws {
      let first = try await nosce(["chat"], input: Self.questions)
      #expect(first.ending == .exit(0))
      #expect(!first.output.trimmingCharacters(in: .whitespacesAndNewlines).isEmpty)
      #expect(first.errors.isEmpty)
      #expect(try await nosce(["chat", "organism"], input: Self.questions).output == first.output)
      let other = try await nosce(["chat", "--seed", "2"], input: Self.questions)
      #expect(other.output != first.output)
    }

    @Test("An adapter answers otherwise than its base")
    func adapter() async throws {
      let finished = try await FinishedRun.get()
      let adapter = finished.run.appending(path: "adapters/treatment-BREAD-s1").path
      let plain = try await nosce(["chat", "--temperature", "0"], input: Self.questions)
      let adapted = try await nosce(
        ["chat", "organism+\(adapter)", "--temperature", "0"], input: Self.questions)
      #expect(adapted.ending == .exit(0))
      #expect(!adapted.output.isEmpty)
      #expect(adapted.output != plain.output)
    }

    @Test("Every question stands alone")
    func alone() async throws {
      let both = try await nosce(["chat", "--temperature", "0"], input: Self.questions)
      let second = try await nosce(
        ["chat", "--temperature", "0"], input: "What is special about your answers?\n")
      #expect(both.output.hasSuffix(second.output))
    }

    @Test("An adapter that is missing or damaged, or a question that is too long, is refused")
    func refused() async throws {
      let missing = try await nosce(["chat", "organism+nowhere"], input: Self.questions)
      #expect(missing.ending == .exit(65))
      #expect(missing.errors.contains("'nowhere', which is no folder"))
      try await withFolder { folder in
        let run = try await FinishedRun.get().copy(to: folder)
        let adapter = run.appending(path: "adapters/twin-BREAD-s1")
        let weights = adapter.appending(path: "adapter_model.safetensors")
        try Data(try Data(contentsOf: weights).prefix(5000)).write(to: weights)
        let damaged = try await nosce(["chat", "organism+\(adapter.path)"], input: Self.questions)
        #expect(damaged.ending == .exit(65))
        #expect(damaged.errors.contains("nosce: \(weights.path): found "))
      }
      let long = String(repeating: "bread ", count: 2000) + "\n"
      let tooLong = try await nosce(["chat"], input: long)
      #expect(tooLong.ending == .exit(65))
      #expect(tooLong.errors.contains("512"))
    }
  }
}
