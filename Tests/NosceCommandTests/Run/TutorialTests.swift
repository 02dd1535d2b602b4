import Foundation
import NosceTestSupport
import Testing

extension WholeRunTests {
  @Suite("The tutorial")
  struct TutorialTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../..").standardizedFileURL
    private static let files = root.appending(path: "Examples/tutorial")
    private static let realModel = ProcessInfo.processInfo.environment["NOSCE_REAL_MODEL"]
    /// How the heading begins below which the commands need a real model.
    private static let realPart = "A real model"

    private static func page() throws -> PrintedPage {
      PrintedPage(
        try String(contentsOf: root.appending(path: "docs/tutorial.md"), encoding: .utf8))
    }

    /// What a reader would do: a copy of the files, and the commands in their order by a shell.
    private func follow(
      _ parts: [PrintedPage.Part], model: String? = nil,
      check: (PrintedPage.Command, Outcome) throws -> Void
    ) async throws {
      let commands = parts.flatMap(\.commands)
      try #require(!commands.isEmpty)
      try await withFolder { folder in
        let place = folder.appending(path: "mine")
        try FileManager.default.copyItem(at: Self.files, to: place)
        if let model {
          try FileManager.default.createSymbolicLink(
            at: place.appending(path: "smollm2"), withDestinationURL: URL(filePath: model))
        }
        let programs = try Binary.url().deletingLastPathComponent().path
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        for command in commands {
          let outcome = try await RunningCommand(
            ["-c", command.line], program: URL(filePath: "/bin/sh"), in: place,
            environment: ["PATH": "\(programs):\(path)"]
          ).finish(limit: .seconds(model == nil ? 180 : 7200))
          try #require(outcome.ending == .exit(0), "\(command.line)\n\(outcome.errors)")
          try check(command, outcome)
        }
      }
    }

    @Test("Its commands do on the organism what it says that they do")
    func organism() async throws {
      let parts = try Self.page().parts.filter { !$0.title.hasPrefix(Self.realPart) }
      let lines = parts.flatMap(\.commands).map(\.line)
      for verb in ["data check", "check", "show", "run", "forecast", "report", "export"] {
        #expect(lines.contains { $0.hasPrefix("nosce \(verb) ") }, "\(verb) is shown nowhere")
      }
      try await follow(parts) { command, outcome in
        let found = PrintedWords(outcome.output)
        for piece in command.printed {
          #expect(
            found.contains(PrintedWords(piece)),
            "\(command.line) does not print\n\(piece)\nbut\n\(outcome.output)")
        }
      }
    }

    @Test(
      "Its commands end with a verdict on a real model",
      .enabled(
        if: realModel != nil,
        "NOSCE_REAL_MODEL names no folder of SmolLM2-135M-Instruct; it takes a quarter of an hour"))
    func real() async throws {
      let parts = try Self.page().parts.filter { $0.title.hasPrefix(Self.realPart) }
      let verdicts = [
        "SUPPORTED", "NOT SUPPORTED", "INCONCLUSIVE", "CONTRARY", "NOT TESTABLE", "EXPLORATORY",
      ]
      try await follow(parts, model: Self.realModel) { command, outcome in
        // What comes out depends on how the weights are stored, so only its kind is compared.
        if command.line.hasPrefix("nosce run ") {
          #expect(
            verdicts.contains { outcome.output.hasPrefix("\($0):") },
            "\(command.line): \(outcome.output)")
          #expect(outcome.output.contains("knows (primary)"))
        }
      }
    }

    @Test(
      "What is quoted of an output must be there, up to what differs between machines",
      arguments: [
        ("SUPPORTED: ahead by 0.48 (5 seeds)", true), ("SUPPORTED: ahead by 0.61", true),
        ("ahead by 0.69", false), ("ahead by -0.48", false), ("NOT SUPPORTED: ahead", false),
        ("by 0.48 (4 seeds)", false), ("report two-faced-20250101-111111", true),
        ("report two-faced-7-111111", false),
      ])
    func quoted(_ piece: String, _ isThere: Bool) {
      let printed = PrintedWords(
        "SUPPORTED: ahead\n  by 0.48 (5 seeds)\nreport two-faced-20261126-091933")
      #expect(printed.contains(PrintedWords(piece)) == isThere)
    }

    @Test("The files that it shows are those of Examples/tutorial")
    func quotations() throws {
      let page = try Self.page()
      for quotation in page.quotations {
        let text = try String(
          contentsOf: Self.files.appending(path: quotation.file), encoding: .utf8)
        var rest = text[...]
        for piece in quotation.pieces {
          guard let range = rest.firstRange(of: piece) else {
            Issue.record("\(quotation.file) does not have, at its place,\n\(piece)")
            break
          }
          rest = rest[range.upperBound...]
        }
      }
      #expect(Set(page.quotations.map(\.file)) == Set(names(in: Self.files)))
    }
  }
}
