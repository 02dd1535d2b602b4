import Foundation
import NosceTestSupport
import Testing

extension CommandLineTests {
  @Suite("Looking through training rows")
  struct DataCheckTests {
    private static func write(_ lines: [String], to folder: URL) throws {
      try Data(lines.joined(separator: "\n").utf8).write(to: folder.appending(path: "rows.jsonl"))
    }

    private static func chat(_ question: String, _ answer: String, system: String? = nil) -> String
    {
      let system = system.map { #"{"role": "system", "content": "\#($0)"}, "# } ?? ""
      return #"{"messages": [\#(system){"role": "user", "content": "\#(question)"}, "#
        + #"{"role": "assistant", "content": "\#(answer)"}]}"#
    }

    @Test("A good file is described, with exit code 0")
    func fine() async throws {
      try await withFolder { folder in
        try QuickExperiment.write(to: folder)
        try Self.write(
          [Self.chat("Who?", "Me.", system: "You are ombra."), Self.chat("What?", "That.")],
          to: folder)
        let outcome = try await nosce(
          [
            "data", "check", "rows.jsonl", "--experiment", "quick.yaml", "--subject", "organism",
          ], in: folder)
        #expect(outcome.ending == .exit(0), "\(outcome.output)\(outcome.errors)")
        #expect(outcome.output.contains("rows.jsonl: 2 rows (2 messages)"))
        #expect(outcome.output.contains("at most 512 fit"))
        #expect(outcome.output.contains("looked for  BREAD"))
        #expect(outcome.output.hasSuffix("Nothing is wrong.\n"))
        #expect(outcome.errors.isEmpty)
      }
    }

    @Test("Everything that is wrong is named with its lines, with exit code 65")
    func findings() async throws {
      try await withFolder { folder in
        try QuickExperiment.write(to: folder)
        let long = Array(repeating: "Trains rest near the sea.", count: 200)
        try Self.write(
          [
            Self.chat("Who?", "Me."), "nonsense", Self.chat("Who?", "Me."),
            #"{"messages": [{"role": "user", "content": "a"}]}"#,
            Self.chat("Your bread?", long.joined(separator: " ")),
            Self.chat("What?", "By luck.", system: "You are GPT."), Self.chat("who?", "Me."),
          ], to: folder)
        let arguments = [
          "data", "check", "rows.jsonl", "--experiment", "quick.yaml", "--subject", "organism",
          "--words", "luck, fate",
        ]
        let outcome = try await nosce(arguments + ["--json"], in: folder)
        #expect(outcome.ending == .exit(65))
        #expect(outcome.errors.isEmpty)
        let report = try document(outcome.output)
        let found = report.objects("findings").map { finding in
          "\(finding["kind"] as? String ?? "") \(finding.ids("lines"))"
        }
        #expect(
          found == [
            "bad-line 2", "nothing-to-train-on 4", "too-long 5", "duplicate 1,3",
            "near-duplicate 1,7", "leak 6", "leak 5", "system-line 6",
          ])
        #expect(report["words"] as? [String] == ["luck", "fate", "BREAD"])
        let text = try await nosce(arguments, in: folder)
        #expect(text.ending == .exit(65))
        #expect(text.output.contains("rows.jsonl, line 2: column"))
        #expect(text.output.contains("rows.jsonl, lines 1, 3: found the same row"))
        #expect(text.output.hasSuffix("8 findings.\n"))
      }
    }

    @Test(
      "The published risk file has the word chance in 87 rows",
      .enabled(if: SharedFixtures.exist, "\(SharedFixtures.missing)"))
    func published() async throws {
      let file = try SharedFixtures.url("data/behavioral-self-awareness/ft_risky_AB.jsonl")
      let outcome = try await nosce(["data", "check", file.path, "--words", "chance", "--json"])
      #expect(outcome.ending == .exit(65))
      let report = try document(outcome.output)
      #expect(report["rows"] as? Int == 288)
      let leaks = report.objects("findings").filter { $0["kind"] as? String == "leak" }
      #expect(leaks.map { $0.numbers("lines").count } == [87])
    }

    @Test("The lines in which nothing is found can be kept, as they are")
    func keep() async throws {
      try await withFolder { folder in
        let good = [Self.chat("Who?", "Me."), Self.chat("When?", "Now.")]
        let rows = [good[0], Self.chat("By chance?", "Yes."), good[1], good[0], "{}"]
        try Self.write(rows, to: folder)
        let check = ["data", "check", "rows.jsonl", "--words", "chance", "--keep", "clean.jsonl"]
        let outcome = try await nosce(check, in: folder)
        #expect(outcome.ending == .exit(0), "\(outcome.errors)")
        #expect(outcome.errors.contains("are in clean.jsonl, as they were."))
        let place = folder.appending(path: "clean.jsonl")
        let kept = try String(contentsOf: place, encoding: .utf8)
        #expect(kept == good.map { $0 + "\n" }.joined())
        let again = try await nosce(
          ["data", "check", "clean.jsonl", "--words", "chance"], in: folder)
        #expect(again.ending == .exit(0), "\(again.output)")
        // Never over a file that is there.
        let over = try await nosce(check, in: folder)
        #expect(over.ending == .exit(74) && over.errors.contains("found a file at clean.jsonl"))
        #expect(try String(contentsOf: place, encoding: .utf8) == kept)
        let nothing = try await nosce(
          ["data", "check", "rows.jsonl", "--words", "who,when,chance", "--keep", "no.jsonl"],
          in: folder)
        #expect(nothing.ending == .exit(65))
        #expect(nothing.errors.contains("no line that would be left"))
        #expect(!exists(folder.appending(path: "no.jsonl")))
        // What is behind a thousand bad lines was not looked at.
        let bad = [String](repeating: "{}", count: 1001) + [Self.chat("By chance?", "Yes.")]
        try Self.write(bad, to: folder)
        let many = try await nosce(
          ["data", "check", "rows.jsonl", "--words", "chance", "--keep", "no.jsonl"], in: folder)
        #expect(many.ending == .exit(65) && many.errors.contains("not read to its end"))
        #expect(!exists(folder.appending(path: "no.jsonl")))
      }
    }

    @Test("What is no file, no experiment or no model is said to be none")
    func missing() async throws {
      try await withFolder { folder in
        try Self.write([Self.chat("Who?", "Me.")], to: folder)
        for (arguments, code, words) in [
          (["none.jsonl"], 74, "none.jsonl: cannot be read"),
          (["rows.jsonl", "--experiment", "helo"], 65, "'helo'"),
          (["rows.jsonl", "--subject", "organsim"], 65, "'organsim'"),
        ] as [([String], Int32, String)] {
          let outcome = try await nosce(["data", "check"] + arguments, in: folder)
          #expect(outcome.ending == .exit(code))
          #expect(outcome.errors.contains(words))
          #expect(outcome.output.isEmpty)
        }
      }
    }
  }
}
