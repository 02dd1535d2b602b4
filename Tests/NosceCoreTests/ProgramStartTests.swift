import CNosceProcess
import Foundation
import NosceCore
import Testing

@Suite("What the program was started with")
struct ProgramStartTests {
  @Test("It is known without /proc, and is what Swift reads there")
  func arguments() throws {
    let words = (0..<nosce_argument_count()).compactMap { nosce_argument($0) }
      .map { String(cString: $0) }
    #expect(words == CommandLine.arguments)
    #expect(ProgramStart.arguments == Array(words.dropFirst()))
    #expect(nosce_argument(nosce_argument_count()) == nil)
    #expect(nosce_argument(-1) == nil)
  }

  @Test("So is its file", .enabled(if: nosce_executed_file() != nil, "the system does not tell"))
  func executable() throws {
    let file = try #require(nosce_executed_file())
    let named = URL(fileURLWithPath: String(cString: file)).resolvingSymlinksInPath()
    #expect(named == ProgramStart.executable)
  }
}
