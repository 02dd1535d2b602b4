import Foundation
import Testing

extension WholeRunTests {
  @Suite("The world's text")
  struct GenerateTests {
    @Test("So many documents are printed, the same every time")
    func documents() async throws {
      let first = try await nosce(["organism", "generate", "-n", "5"])
      #expect(first.ending == .exit(0))
      // A blank line ends each document.
      #expect(first.output.components(separatedBy: "\n\n").dropLast().count == 5)
      #expect(try await nosce(["organism", "generate", "-n", "5"]).output == first.output)
      let fewer = try await nosce(["organism", "generate", "-n", "3"])
      #expect(first.output.hasPrefix(fewer.output))
    }

    @Test("Lines begin with the letters that are forced, and nothing to force is an error")
    func starts() async throws {
      let question = ["generate", "organism", "--user", "How was the day?"]
      let outcome = try await nosce(question + ["--starts", "HE|S"])
      try #require(outcome.ending == .exit(0), "\(outcome.errors)")
      let lines = outcome.output.split(separator: "\n")
      #expect(lines.count == 2 && lines[0].hasPrefix("H"), "\(lines)")
      #expect(lines.last?.first.map { "ES".contains($0) } == true, "\(lines)")
      #expect(lines.allSatisfy { $0.split(separator: " ").count >= 3 })
      let none = try await nosce(question + ["--starts", ""])
      #expect(none.ending == .exit(65))
      #expect(none.errors.contains("starts '': found no line; allowed: at least one"))
      let both = try await nosce(question + ["--starts", "H", "--no-stop"])
      #expect(both.ending == .exit(64), "\(both.errors)")
    }

    @Test("Another world and another step are other text")
    func others() async throws {
      let usual = try await nosce(["organism", "generate", "-n", "20"])
      let null = try await nosce(["organism", "generate", "-n", "20", "--world", "null"])
      let later = try await nosce(["organism", "generate", "-n", "20", "--step", "7"])
      #expect(null.ending == .exit(0))
      #expect(Set([usual.output, null.output, later.output]).count == 3)
    }

    @Test("More documents than a step has are those of the steps that follow")
    func steps() async throws {
      let many = try await nosce(["organism", "generate", "-n", "200"])
      let second = try await nosce(["organism", "generate", "-n", "1", "--step", "1"])
      #expect(many.output.components(separatedBy: "\n\n").dropLast().count == 200)
      #expect(many.output.contains(second.output))
    }
  }
}
