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
