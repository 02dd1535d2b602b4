import Foundation
import NosceTestSupport
import Testing

extension WholeRunTests {
  @Suite("A recipe given by hand")
  struct RecipeTests {
    @Test(
      "It counts more than the file's, stands in plan and report, and in the command to repeat it")
    func counts() async throws {
      try await withFolder { folder in
        try QuickExperiment.write(to: folder)
        let recipe = "steps=2,learning_rate=1e-3"
        let shown = try await nosce(["show", "quick.yaml", "--recipe", recipe], in: folder)
        #expect(shown.output.contains("recipe     by hand: \(recipe)"))
        #expect(shown.output.contains("4 rows, 2 steps at 0.001, rank 4"))
        let run = try await nosce(
          ["run", "quick.yaml", "--recipe", recipe, "--seeds", "1", "--exploratory", "--json"],
          in: folder)
        try #require(run.ending == .exit(0), "\(run.errors)")
        let summary = try #require(
          JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
        let experiment = try #require(summary["experiment"] as? [String: Any])
        #expect(
          (experiment["settings"] as? [String: Any])?["recipe by hand"] as? [String] == [recipe])
        #expect((experiment["command"] as? String)?.contains("--recipe \(recipe)") == true)
        let path = try #require(QuickExperiment.begun(in: folder))
        let page = try String(contentsOf: path.appending(path: "report.html"), encoding: .utf8)
        #expect(page.contains("recipe by hand"))
      }
    }

    @Test(
      "A wrong one is refused before anything is made, with what is allowed",
      arguments: [
        ("step=60", "unknown key 'step'"), ("steps=0", "1 to"), ("steps=many", "'many'"),
        ("learning_rate=2", "0 to 1"), ("steps", "steps"),
        ("steps=2,steps=3", "twice"), ("schedule=square", "constant"),
      ])
    func wrong(_ recipe: String, _ said: String) async throws {
      try await withFolder { folder in
        try QuickExperiment.write(to: folder)
        let outcome = try await nosce(["run", "quick.yaml", "--recipe=\(recipe)"], in: folder)
        #expect(outcome.ending == .exit(65))
        #expect(outcome.errors.contains("--recipe"))
        #expect(outcome.errors.contains(said), "\(outcome.errors)")
        #expect(names(in: folder) == ["quick.yaml"])
      }
    }

    @Test("The source of a catalog experiment is one file that runs alike")
    func source() async throws {
      try await withFolder { folder in
        let source = try await nosce(["show", "risk", "--source"])
        #expect(source.ending == .exit(0))
        try Data(source.output.utf8).write(to: folder.appending(path: "mine.yaml"))
        let mine = try await nosce(["check", "mine.yaml"], in: folder)
        #expect(mine.ending == .exit(0), "\(mine.output) \(mine.errors)")
        func arms(_ text: String) -> Substring? {
          text.firstRange(of: "Arms").map { text[$0.lowerBound...].prefix { $0 != ";" } }
        }
        let (one, other) = (
          try await nosce(["show", "risk"]).output,
          try await nosce(["show", "mine.yaml"], in: folder).output
        )
        #expect(arms(one) != nil && arms(one) == arms(other))
      }
    }
  }
}
