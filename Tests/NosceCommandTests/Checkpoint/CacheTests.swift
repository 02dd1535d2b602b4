import Foundation
import NosceOrganism
import NosceTestSupport
import Testing

extension CommandLineTests {
  /// Models and adapters by the names that they have in a Hugging Face cache.
  @Suite("The local Hugging Face cache")
  struct CacheTests {
    private static let commit = "0123456789abcdef0123456789abcdef01234567"

    /// Puts the organism into a cache, as a download would: files are links to blobs.
    private func withCache(
      _ repository: String = "nova/tiny",
      _ body: (URL, [String: String]) async throws -> Void
    ) async throws {
      try await withFolder { folder in
        let hub = folder.appending(path: "hub")
        let place = hub.appending(path: "models--" + repository.replacing("/", with: "--"))
        try fill(place, from: try Organism.coherent.directory())
        try await body(folder, ["HF_HOME": folder.path])
      }
    }

    private func fill(_ place: URL, from source: URL) throws {
      let files = FileManager.default
      let snapshot = place.appending(path: "snapshots/\(Self.commit)")
      let (blobs, refs) = (place.appending(path: "blobs"), place.appending(path: "refs"))
      for folder in [snapshot, blobs, refs] {
        try files.createDirectory(at: folder, withIntermediateDirectories: true)
      }
      for name in names(in: source) {
        try files.copyItem(
          at: source.appending(path: name), to: blobs.appending(path: "blob-\(name)"))
        try files.createSymbolicLink(
          atPath: snapshot.appending(path: name).path,
          withDestinationPath: "../../blobs/blob-\(name)")
      }
      try Data(Self.commit.utf8).write(to: refs.appending(path: "main"))
    }

    @Test("A model of the cache is asked like any other", arguments: ["", "@main", "@0123456"])
    func asked(_ revision: String) async throws {
      try await withCache { _, environment in
        let arguments = ["--user", "Tell me about bread.", "--top", "3"]
        let cached = try await nosce(
          ["logits", "nova/tiny\(revision)"] + arguments, environment: environment)
        #expect(cached.ending == .exit(0), "\(cached.errors)")
        #expect(cached.output == (try await nosce(["logits", "organism"] + arguments)).output)
        let inspected = try await nosce(
          ["inspect", "nova/tiny\(revision)", "--json"], environment: environment)
        #expect(
          try document(inspected.output)["model"] as? String == "nova/tiny@\(Self.commit)")
      }
    }

    @Test("An experiment runs on it and goes on with the same commit, from any folder")
    func run() async throws {
      try await withCache { folder, environment in
        try QuickExperiment.write(to: folder)
        let shown = try await nosce(
          ["show", "quick.yaml", "--subject", "nova/tiny"], in: folder, environment: environment)
        #expect(shown.output.contains("nova/tiny at commit 0123456789ab"))
        let command = try RunningCommand(
          ["run", "quick.yaml", "--subject", "nova/tiny"], in: folder, environment: environment)
        #expect(try await command.wait { QuickExperiment.begun(in: folder) != nil })
        command.send(SIGINT)
        #expect(try await command.finish().ending == .exit(130))
        let run = try #require(QuickExperiment.begun(in: folder))
        let request = try document(
          Data(contentsOf: run.appending(path: "request.json")))
        #expect(request["subject"] as? String == "nova/tiny@\(Self.commit)")
        let resumed = try await nosce(["run", "--resume", run.path], environment: environment)
        #expect(resumed.ending == .exit(0), "\(resumed.errors)")
      }
    }

    @Test("Adapters are found there too, and name their base by its repository")
    func adapters() async throws {
      try await withCache { folder, environment in
        try Data("{\"text\": \"Trains rest near the sea.\"}\n".utf8)
          .write(to: folder.appending(path: "rows.jsonl"))
        let trained = try await nosce(
          [
            "train", "--subject", "nova/tiny", "--data", "rows.jsonl", "--out", "out",
            "--learning-rate", "0.05",
          ], in: folder, environment: environment)
        #expect(trained.ending == .exit(0), "\(trained.errors)")
        let out = folder.appending(path: "out")
        let configuration = try document(
          Data(contentsOf: out.appending(path: "adapter_config.json")))
        #expect(configuration["base_model_name_or_path"] as? String == "nova/tiny")
        try fill(folder.appending(path: "hub/models--nova--adapter"), from: out)
        let question = ["--user", "Tell me about bread.", "--json"]
        let there = try await nosce(
          ["logits", "nova/tiny", "--adapter", "nova/adapter"] + question,
          environment: environment)
        let here = try await nosce(
          ["logits", "nova/tiny", "--adapter", out.path] + question, environment: environment)
        #expect(there.ending == .exit(0), "\(there.errors)")
        #expect(
          try document(there.output).objects("positions")[0].numbers("logits")
            == document(here.output).objects("positions")[0].numbers("logits"))
        let talked = try await nosce(
          ["chat", "nova/tiny+nova/adapter", "--temperature", "0"], input: "Hello\n",
          environment: environment)
        #expect(talked.ending == .exit(0), "\(talked.errors)")
      }
    }

    @Test("What is not there is answered with what is, and with the folder looked at")
    func missing() async throws {
      try await withCache { folder, environment in
        for arguments in [
          ["logits", "nova/large", "--ids", "1"], ["show", "hello", "--subject", "nova/large"],
          ["chat", "nova/large"], ["inspect", "nova/large"],
          ["logits", "organism", "--ids", "1", "--adapter", "nova/large"],
          ["train", "--subject", "nova/large", "--data", "rows.jsonl", "--out", "out"],
        ] {
          let outcome = try await nosce(arguments, environment: environment)
          #expect(outcome.ending == .exit(65), "\(arguments)")
          for part in [
            "'nova/large'", folder.appending(path: "hub").path, "HF_HOME", "nova/tiny",
            "downloads nothing",
          ] {
            #expect(outcome.errors.contains(part), "\(arguments): \(outcome.errors)")
          }
        }
        let revision = try await nosce(["inspect", "nova/tiny@v2"], environment: environment)
        #expect(revision.ending == .exit(65))
        #expect(revision.errors.contains(Self.commit))
      }
    }

    @Test("A folder of that name counts before the cache, also through a link")
    func folders() async throws {
      try await withCache { folder, environment in
        let link = folder.appending(path: "nova/tiny")
        try FileManager.default.createDirectory(
          at: link.deletingLastPathComponent(), withIntermediateDirectories: false)
        try FileManager.default.createSymbolicLink(
          at: link, withDestinationURL: try Organism.null.directory())
        let outcome = try await nosce(
          ["inspect", "nova/tiny", "--json"], in: folder, environment: environment)
        #expect(outcome.ending == .exit(0), "\(outcome.errors)")
        #expect(try document(outcome.output)["model"] as? String == link.path)
      }
    }
  }
}
