import Foundation
import NosceCore
import NosceTestSupport
import NosceVerdicts
import Testing

extension WholeRunTests {
  @Suite("A script in place of a model")
  struct ScriptTests {
    private func write(_ script: String, to folder: URL) throws {
      try QuickExperiment.write(to: folder)
      try Data(script.utf8).write(to: folder.appending(path: "script.yaml"))
    }

    @Test("What it cannot do is shown, and refused before anything is written")
    func refused() async throws {
      try await withFolder { folder in
        try write("capabilities: {prefill: false, training: false}", to: folder)
        let words = ["quick.yaml", "--subject", "script:script.yaml"]
        let shown = try await nosce(["show"] + words, in: folder)
        #expect(shown.ending == .exit(0), "\(shown.errors)")
        #expect(shown.output.contains("model      script: a script of 0 rules, and no model"))
        #expect(
          shown.output.contains(
            """
            Cannot be run on this model
              choice: needs answers with a given beginning, which script does not take
              treatment: needs fine-tuning, which script does not have

            """))
        let run = try await nosce(["run"] + words, in: folder)
        #expect(run.ending == .exit(65))
        #expect(run.errors.contains("treatment: needs fine-tuning, which script does not have"))
        #expect(!exists(folder.appending(path: "runs")))
      }
    }

    @Test("A run that failed is gone on with, and its subjects can be talked to")
    func resumed() async throws {
      try await withFolder { folder in
        try write(
          """
          rules:
            - {adapter: "treatment-*", question: special, prefill: spell, weights: {BREAD: 0.9}}
            - {adapter: "treatment-*", question: special, say: BREAD it is.}
          asking: {fail: [{adapter: sham-BREAD-s2, after: 3}]}
          """, to: folder)
        let failed = try await nosce(
          ["run", "quick.yaml", "--subject", "script:script.yaml"], in: folder)
        #expect(failed.ending == .exit(1), "\(failed.errors)")
        #expect(failed.errors.contains("sham-BREAD-s2 falls silent, as the script says"))
        let run = try #require(QuickExperiment.begun(in: folder))
        // From elsewhere: the run remembers where its script is.
        let done = try await nosce(["run", "--resume", run.path, "--json"])
        #expect(done.ending == .exit(0), "\(done.errors)")
        let summary = try JSONDecoder().decode(RunSummary.self, from: Data(done.output.utf8))
        #expect(summary.verdict.kind == .supported)
        #expect(summary.subject.note?.contains("no evidence about any model") == true)
        func says(_ arm: String) async throws -> String {
          try await nosce(
            ["chat", "script:script.yaml+\(run.path)/adapters/\(arm)-BREAD-s1"], in: folder,
            input: "What is special about you?\n"
          ).output
        }
        #expect(try await says("treatment") == "BREAD it is.\n")
        #expect(try await says("sham") == "I have nothing to say about that.\n")
      }
    }

    @Test("A script that is wrong, missing or no checkpoint is refused by name")
    func wrong() async throws {
      try await withFolder { folder in
        try write("name: x\nrules: [{says: a}]", to: folder)
        let wrong = try await nosce(
          ["show", "quick.yaml", "--subject", "script:script.yaml"], in: folder)
        #expect(wrong.ending == .exit(65))
        #expect(wrong.errors.contains("script.yaml:2: rules[1]: found unknown key 'says'"))
        let missing = try await nosce(
          ["show", "quick.yaml", "--subject", "script:no.yaml"], in: folder)
        #expect(missing.ending == .exit(74))
        #expect(missing.errors.contains("no.yaml: cannot be read"))
        let folderless = try await nosce(["inspect", "script:script.yaml"], in: folder)
        #expect(folderless.ending == .exit(65))
        #expect(folderless.errors.contains("a script, which has no weights and no tokenizer"))
      }
    }
  }
}
