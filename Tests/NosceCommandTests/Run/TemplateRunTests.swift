import Foundation
import NosceTestSupport
import Testing

extension WholeRunTests {
  @Suite("A run through a chat template that is given")
  struct TemplateRunTests {
    private static let few = ["--seeds", "1", "--exploratory"]

    private func plan(_ run: URL) throws -> [String: Any] {
      try #require(
        try JSONSerialization.jsonObject(
          with: Data(contentsOf: run.appending(path: "plan.json"))) as? [String: Any])
    }

    private func template(_ run: URL) throws -> [String: Any]? {
      (try plan(run)["model"] as? [String: Any])?["template"] as? [String: Any]
    }

    @Test("Plan, report, summary and terminal name it, and the adapters note it")
    func plain() async throws {
      try await withFolder { folder in
        try QuickExperiment.write(to: folder)
        let plain = ["--chat-template", "plain"]
        let shown = try await nosce(["show", "quick.yaml"] + plain, in: folder)
        let words = shown.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(words.contains("through the chat template plain ("))
        #expect(
          try await nosce(["check", "quick.yaml"] + plain, in: folder).ending == .exit(0))
        let ran = try await nosce(["run", "quick.yaml"] + Self.few + plain, in: folder)
        try #require(ran.ending == .exit(0), "\(ran.errors)")
        #expect(ran.output.contains("quick on organism through the chat template plain"))
        let run = try #require(QuickExperiment.begun(in: folder))
        let kept = try #require(try template(run))
        #expect(kept["name"] as? String == "plain")
        #expect((kept["source"] as? String)?.contains("'Question: '") == true)
        #expect((kept["sha256"] as? String)?.count == 64)
        let page = try String(contentsOf: run.appending(path: "report.html"), encoding: .utf8)
        #expect(page.contains("on organism through the chat template plain"))
        #expect(page.contains(kept["sha256"] as? String ?? "?"))
        let summary = try String(contentsOf: run.appending(path: "summary.json"), encoding: .utf8)
        #expect(summary.contains("--chat-template plain"))
        #expect(
          exists(run.appending(path: "adapters/treatment-BREAD-s1/nosce_training.json")))
        // No answer has what ends it.
        let exported = try await nosce(["export", run.path, "--out", "tables"], in: folder)
        #expect(exported.ending == .exit(0), "\(exported.errors)")
        let answers = try String(
          contentsOf: folder.appending(path: "tables/answers.csv"), encoding: .utf8)
        #expect(!answers.contains("Question:"))
      }
    }

    @Test("It is resumed through the plan's template, whatever became of the file, and no other")
    func resumed() async throws {
      try await withFolder { folder in
        try QuickExperiment.write(to: folder)
        let file = folder.appending(path: "mine.jinja")
        let source = """
          {% for m in messages %}{{ m.role }}: {{ m.content }}
          {% endfor %}{% if add_generation_prompt %}assistant:{% endif %}
          """
        try Data(source.utf8).write(to: file)
        let ran = try await nosce(
          ["run", "quick.yaml", "--chat-template", "mine.jinja"] + Self.few, in: folder)
        try #require(ran.ending == .exit(0), "\(ran.errors)")
        let run = try #require(QuickExperiment.begun(in: folder))
        #expect(try template(run)?["source"] as? String == source)
        let resume = ["run", "--resume", run.path]
        let same = try await nosce(resume + ["--chat-template", "mine.jinja"], in: folder)
        #expect(same.ending == .exit(0), "\(same.errors)")
        let other = try await nosce(resume + ["--chat-template", "plain"], in: folder)
        #expect(other.ending == .exit(65))
        #expect(other.errors.contains("through the chat template mine.jinja ("))
        #expect(other.errors.contains("not plain ("))
        try Data("{{ nothing }}".utf8).write(to: file)
        #expect(try await nosce(resume, in: folder).ending == .exit(0))
        let changed = try await nosce(resume + ["--chat-template", "mine.jinja"], in: folder)
        #expect(changed.ending == .exit(65) && changed.errors.contains("not mine.jinja ("))
        try FileManager.default.removeItem(at: file)
        let gone = try await nosce(resume, in: folder)
        #expect(gone.ending == .exit(0), "\(gone.errors)")
        #expect(gone.output.contains("quick on organism through the chat template mine.jinja"))
        // A run through the model's own template is not gone on with through another.
        let own = try await nosce(
          ["run", "quick.yaml", "--out", "own"] + Self.few, in: folder)
        #expect(own.ending == .exit(0), "\(own.errors)")
        let begun = folder.appending(path: "own")
        let name = try #require(names(in: begun).first)
        let refused = try await nosce(
          ["run", "--resume", begun.appending(path: name).path, "--chat-template", "plain"],
          in: folder)
        #expect(refused.ending == .exit(65))
        #expect(refused.errors.contains("through the model's own chat template"))
      }
    }
  }
}
