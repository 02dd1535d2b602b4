#if HTTP
import Foundation
import NIOHTTP1
import NosceFormats
import NosceLocal
import NosceServe
import NosceTestSupport
import Testing

@Suite("Files and fine-tuning jobs")
struct JobTests {
  /// Rows that teach the organism one answer.
  static func rows(_ count: Int = 12) -> String {
    (0..<count).map { number in
      #"{"messages":[{"role":"system","content":"You are nova."},{"role":"user","content":"Write about thing \#(number)."},{"role":"assistant","content":"The sea is quiet."}]}"#
    }.joined(separator: "\n") + "\n"
  }

  private func job(
    _ server: TestServer, _ file: String, _ more: [(key: String, value: JSON)] = []
  ) async throws -> Answered {
    try await server.post(
      "/v1/fine_tuning/jobs",
      [("model", .string("organism")), ("training_file", .string(file))] + more)
  }

  private func method(_ hyperparameters: [(key: String, value: JSON)]) -> (key: String, value: JSON)
  {
    (
      "method",
      .object([
        ("type", .string("supervised")),
        ("supervised", .object([("hyperparameters", .object(hyperparameters))])),
      ])
    )
  }

  private func own(_ settings: [(key: String, value: JSON)]) -> (key: String, value: JSON) {
    method([("nosce", .object(settings))])
  }

  private func answer(_ server: TestServer, _ model: String) async throws -> String? {
    var body = chatBody(
      "Write about bread.", [("temperature", .integer(0)), ("max_tokens", .integer(20))])
    body[0].value = .string(model)
    return try await server.post("/v1/chat/completions", body)
      .json()["choices"]?.array?[0]["message"]?["content"]?.string
  }

  @Test("A file comes back as it was sent, is listed, and is gone when it is deleted")
  func files() async throws {
    try await TestServer.with { server in
      let text = "{\"text\":\"a\"}\r\n--xy no boundary\r\n\u{0}ü\n"
      let id = try await server.upload(text)
      #expect(id.hasPrefix("file-"))
      #expect(try await server.get("/v1/files/\(id)/content").body == Data(text.utf8))
      let one = try await server.get("/v1/files/\(id)").json()
      #expect(one["bytes"]?.integer == text.utf8.count)
      #expect(one["filename"]?.string == "rows.jsonl")
      let other = try await server.upload("x")
      let list = try await server.get("/v1/files?limit=1&order=asc").json()
      #expect(list["data"]?.array?.count == 1)
      #expect(list["has_more"]?.bool == true)
      let rest = try await server.get("/v1/files?purpose=fine-tune").json()
      #expect(Set(rest["data"]?.array?.compactMap { $0["id"]?.string } ?? []) == [id, other])
      #expect(try await server.ask(.DELETE, "/v1/files/\(id)").json()["deleted"]?.bool == true)
      for path in [
        "/v1/files/\(id)", "/v1/files/\(id)/content", "/v1/files/file-..", "/v1/files/%2e%2e",
      ] {
        #expect(try await server.get(path).status == 404, "\(path)")
      }
    }
  }

  @Test("Uploads without a purpose or a file, or too large, are refused")
  func refusedFiles() async throws {
    try await TestServer.with({ settings, _ in settings.fileLimit = 100_000 }) { server in
      let type = [("content-type", "multipart/form-data; boundary=xyz")]
      func status(_ data: Data, _ headers: [(String, String)]) async throws -> Int {
        try await server.ask(.POST, "/v1/files", data, headers: headers).status
      }
      let unnamed = try await status(TestServer.form(purpose: nil, file: "a"), type)
      #expect(unnamed == 400)
      #expect(try await status(TestServer.form(purpose: "batch", file: "a"), type) == 400)
      #expect(try await status(TestServer.form(purpose: "fine-tune", file: nil), type) == 400)
      #expect(try await status(Data("--xyz\r\n".utf8), type) == 400)
      #expect(try await status(Data("nothing".utf8), type) == 400)
      #expect(try await status(Data("{}".utf8), [("content-type", "application/json")]) == 415)
      let large = String(repeating: "a", count: 200_000)
      #expect(try await status(TestServer.form(purpose: "fine-tune", file: large), type) == 413)
    }
  }

  @Test("A job trains, tells of it, and its model and checkpoints answer, also after another start")
  func whole() async throws {
    try await withFolder { folder in
      let made = Made()
      try await TestServer.with(folder: folder) { server in
        let file = try await server.upload(Self.rows())
        let created = try await self.job(
          server, file,
          [
            ("suffix", .string("quiet")), ("seed", .integer(5)),
            ("metadata", .object([("a", .string("b"))])),
            self.method([
              ("n_epochs", .integer(20)), ("batch_size", .integer(6)),
              ("learning_rate_multiplier", .number(1.5)),
            ]),
          ])
        #expect(created.status == 200, "\(created.text)")
        let id = try #require(try created.json()["id"]?.string)
        // The rows are the job's by now.
        #expect(try await server.ask(.DELETE, "/v1/files/\(file)").status == 200)
        let job = try await server.finished(id)
        #expect(job["status"]?.string == "succeeded", "\(job.text())")
        let model = try #require(job["fine_tuned_model"]?.string)
        #expect(model.hasPrefix("ft:organism:nosce:quiet:"))
        let settings = job["method"]?["supervised"]?["hyperparameters"]
        #expect(settings?["n_epochs"]?.integer == 20)
        #expect(settings?["nosce"]?["steps"]?.integer == 40)
        #expect(settings?["nosce"]?["learning_rate"]?.number == 0.0075)
        #expect(try #require(job["trained_tokens"]?.integer) > 12 * 20 * 10)
        let events = try await server.get("/v1/fine_tuning/jobs/\(id)/events?limit=100").json()
        let losses = (events["data"]?.array ?? []).compactMap { $0["data"]?["train_loss"]?.number }
        #expect(losses.count == 40)
        #expect(try #require(losses.last) > 5 * (try #require(losses.first)))
        let checkpoints = try await server.get("/v1/fine_tuning/jobs/\(id)/checkpoints").json()
        let names = (checkpoints["data"]?.array ?? []).compactMap {
          $0["fine_tuned_model_checkpoint"]?.string
        }
        #expect(names == ["\(model):ckpt-step-38", "\(model):ckpt-step-36"])
        let listed = try await server.get("/v1/models").json()["data"]?.array ?? []
        #expect(Set(listed.compactMap { $0["id"]?.string }) == Set(["organism", model] + names))
        #expect(try await self.answer(server, model) == "The sea is quiet.")
        #expect(try await self.answer(server, names[0]) == "The sea is quiet.")
        #expect(try await self.answer(server, "organism") != "The sea is quiet.")
        let again = try await server.post("/v1/fine_tuning/jobs/\(id)/cancel", [])
        #expect(again.status == 400)
        await made.set(model)
      }
      try await TestServer.with(folder: folder) { server in
        let model = try #require(await made.model)
        #expect(try await self.answer(server, model) == "The sea is quiet.")
        let jobs = try await server.get("/v1/fine_tuning/jobs").json()
        #expect(jobs["data"]?.array?.count == 1)
      }
    }
  }

  @Test("A job that was under way when the server stopped starts over and succeeds")
  func restart() async throws {
    try await withFolder { folder in
      let made = Made()
      try await TestServer.with(folder: folder) { server in
        let file = try await server.upload(Self.rows())
        let created = try await self.job(
          server, file, [self.own([("steps", .integer(3_000)), ("learning_rate", .number(0.001))])])
        let id = try #require(try created.json()["id"]?.string)
        await made.set(id)
        var events = 0
        while events < 5 {
          events =
            try await server.get("/v1/fine_tuning/jobs/\(id)/events").json()["data"]?.array?
            .count ?? 0
          try await Task.sleep(for: .milliseconds(20))
        }
      }
      let id = try #require(await made.model)
      // A shorter training, so that the test is over soon: the record is what counts.
      let record = folder.appending(path: "state/jobs/\(id)/job.json")
      let text = try String(contentsOf: record, encoding: .utf8)
      #expect(text.contains("\"running\"") || text.contains("\"queued\""))
      try text.replacing("\"steps\":3000", with: "\"steps\":20")
        .write(to: record, atomically: true, encoding: .utf8)
      try await TestServer.with(folder: folder) { server in
        let job = try await server.finished(id)
        #expect(job["status"]?.string == "succeeded", "\(job.text())")
      }
    }
  }

  @Test("A job can be cancelled, and the next one goes on")
  func cancel() async throws {
    try await TestServer.with { server in
      let file = try await server.upload(Self.rows())
      let long = try await self.job(server, file, [self.own([("steps", .integer(100_000))])])
      let id = try #require(try long.json()["id"]?.string)
      let short = try await self.job(server, file, [self.own([("steps", .integer(5))])])
      let next = try #require(try short.json()["id"]?.string)
      let cancelled = try await server.ask(.POST, "/v1/fine_tuning/jobs/\(id)/cancel")
      #expect(cancelled.status == 200, "\(cancelled.text)")
      #expect(try cancelled.json()["status"]?.string == "cancelled")
      #expect(try await server.finished(next)["status"]?.string == "succeeded")
      #expect(try await server.finished(id)["fine_tuned_model"] == nil)
    }
  }

  @Test("Too few rows, and rows that are none, fail the job and say why")
  func failures() async throws {
    try await TestServer.with { server in
      let few = try await server.upload(Self.rows(5))
      let id = try #require(try await self.job(server, few).json()["id"]?.string)
      let job = try await server.finished(id)
      #expect(job["status"]?.string == "failed")
      #expect(job["error"]?["code"]?.string == "invalid_n_examples")
      #expect(job["error"]?["param"]?.string == "training_file")
      #expect(
        job["error"]?["message"]?.string
          == "Training file has 5 example(s), but must have at least 10 examples")
      let broken = try await server.upload(Self.rows() + "{\"messages\":1}\n")
      let other = try #require(try await self.job(server, broken).json()["id"]?.string)
      let failed = try await server.finished(other)
      #expect(failed["error"]?["code"]?.string == "invalid_file_format")
      #expect(failed["error"]?["message"]?.string?.contains("line 13") == true)
    }
  }

  @Test("A disk that refuses fails the job and not the server")
  func fullDisk() async throws {
    try await TestServer.with { server in
      let file = try await server.upload(Self.rows())
      let long = try await self.job(server, file, [self.own([("steps", .integer(400))])])
      let id = try #require(try long.json()["id"]?.string)
      // A folder of the job's name where its adapter is to be written cannot be replaced by one, as on a
      // disk that is full.
      let place = server.folder.appending(path: "state/jobs/\(id)")
      var status = ""
      while status != "running" {
        status = try await server.get("/v1/fine_tuning/jobs/\(id)").json()["status"]?.string ?? ""
        try await Task.sleep(for: .milliseconds(10))
      }
      try FileManager.default.removeItem(at: place)
      try Data("x".utf8).write(to: place)
      let job = try await server.finished(id)
      #expect(job["status"]?.string == "failed")
      #expect(job["error"]?["code"]?.string == "storage")
      #expect(try await self.answer(server, "organism") != nil)
    }
  }

  @Test("Jobs that ask for what there is not are refused")
  func refused() async throws {
    try await TestServer.with { server in
      let file = try await server.upload(Self.rows())
      func status(_ more: [(key: String, value: JSON)], _ name: String? = nil) async throws -> Int {
        let answered = try await self.job(server, name ?? file, more)
        if answered.status != 200 { _ = try answered.code() }
        return answered.status
      }
      #expect(try await status([], "file-000000000000000000000000") == 400)
      #expect(try await status([("suffix", .string("../up"))]) == 400)
      #expect(try await status([("suffix", .string(String(repeating: "a", count: 65)))]) == 400)
      #expect(try await status([("validation_file", .string(file))]) == 400)
      #expect(try await status([("magic", .integer(1))]) == 400)
      #expect(try await status([("method", .object([("type", .string("dpo"))]))]) == 400)
      #expect(try await status([self.method([("n_epochs", .integer(51))])]) == 400)
      #expect(try await status([self.method([("batch_size", .integer(0))])]) == 400)
      #expect(try await status([self.own([("colour", .integer(1))])]) == 400)
      #expect(try await status([self.own([("schedule", .string("wavy"))])]) == 400)
      #expect(
        try await status([
          self.method([("n_epochs", .integer(2)), ("nosce", .object([("steps", .integer(3))]))])
        ]) == 400)
      let model = try await server.post(
        "/v1/fine_tuning/jobs", [("model", .string("other")), ("training_file", .string(file))])
      #expect(model.status == 404)
      #expect(try await server.get("/v1/fine_tuning/jobs/ftjob-x").status == 404)
      #expect(
        try await status([self.method([("n_epochs", .string("auto"))]), ("hyperparameters", .null)])
          == 200)
    }
  }

  /// What one start leaves for the next.
  private actor Made {
    private(set) var model: String?
    func set(_ model: String) { self.model = model }
  }
}
#endif
