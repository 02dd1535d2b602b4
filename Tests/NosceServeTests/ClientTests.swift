#if HTTP
import Foundation
import NosceCore
import NosceTestSupport
import Testing

/// Programs that nobody here wrote, against the `nosce serve` that was built together with the tests.
@Suite("Real clients", .serialized)
struct ClientTests {
  /// A client of `Scripts/clients`, and the Python module that shows that it is there.
  struct Client: Sendable, CustomTestStringConvertible {
    var name: String
    var module: String
    var testDescription: String { name }

    /// A Python in which it is installed.
    var python: OptionalInput {
      let python = packageRoot.appending(path: ".build/clients/bin/python")
      let isThere = (try? ClientTests.run(python, ["-c", "import \(module)"]).status) == 0
      return OptionalInput(
        name: "the client \(name)", url: isThere ? python : nil,
        missing: "its packages are not in .build/clients (Scripts/clients/install \(name))")
    }
  }

  private static let clients = [
    Client(name: "openai-client", module: "openai"),
    Client(name: "inspect-eval", module: "inspect_ai"),
    Client(name: "llmcomp-example", module: "llmcomp"),
    Client(name: "damaged", module: "json"),
  ]
  /// Those that are installed here; of the others it is noted that they are not.
  private static let installed = clients.filter(\.python.isThere)

  @Test(
    "A client is answered as it expects", .enabled(if: !installed.isEmpty, "none is installed"),
    .timeLimit(.minutes(10)), arguments: installed)
  func answered(_ client: Client) throws {
    let nosce = try #require(ProgramStart.executable).deletingLastPathComponent()
      .appending(path: "nosce")
    let script = packageRoot.appending(path: "Scripts/clients/run")
    let (status, output) = try Self.run(script, [nosce.path, client.name])
    #expect(status == 0, "\(output.suffix(4000))")
    #expect(output.contains("== \(client.name)"), "\(output)")
  }

  /// Runs a program to its end; what it says is one text.
  private static func run(
    _ program: URL, _ arguments: [String]
  ) throws -> (status: Int32, output: String) {
    // Not with a numpy of another environment.
    try NumpyPython.run(program, arguments, environment: ProcessInfo.processInfo.environment)
  }
}
#endif
