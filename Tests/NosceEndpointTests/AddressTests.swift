import Foundation
import NosceCore
import NosceEndpoint
import NosceTestSupport
import Testing

@Suite("Addresses of endpoints")
struct AddressTests {
  private func endpoint(
    _ text: String, _ environment: [String: String] = [:], file: String = "endpoints: {}"
  ) throws -> Endpoint {
    let file = try EndpointFile(file, file: "endpoints.yaml")
    return try EndpointAddress(text, option: "--subject", file: file)
      .endpoint(option: "--subject", file: file, environment: environment)
  }

  private func message(
    _ text: String, _ environment: [String: String] = [:], file: String = "endpoints: {}"
  ) -> String {
    do {
      _ = try endpoint(text, environment, file: file)
      return "accepted"
    } catch {
      return "\(error)"
    }
  }

  @Test(
    "The URL begins at the last @http",
    arguments: [
      ("openai:gpt-x", "gpt-x", "https://api.openai.com/v1"),
      ("openai:toy@http://127.0.0.1:8000", "toy", "http://127.0.0.1:8000/v1"),
      ("openai:org/toy@2024@https://host/api/v3/", "org/toy@2024", "https://host/api/v3"),
      ("openai:a@http://b@http://localhost", "a@http://b", "http://localhost/v1"),
      ("openai:claude@2024-01-01", "claude@2024-01-01", "https://api.openai.com/v1"),
      ("openai:toy@http://[::1]:9/v1", "toy", "http://[::1]:9/v1"),
    ])
  func places(_ text: String, _ model: String, _ url: String) throws {
    let endpoint = try endpoint(text)
    #expect(endpoint.model == model)
    #expect(endpoint.url.text == url)
    #expect(try self.endpoint(endpoint.lastingName).url == endpoint.url)
  }

  @Test("The environment is read as the official client reads it")
  func environment() throws {
    let endpoint = try endpoint(
      "openai:toy",
      [
        "OPENAI_API_KEY": "sk-12345678", "OPENAI_BASE_URL": "https://elsewhere/v1",
        "OPENAI_ORG_ID": "org-1", "OPENAI_PROJECT_ID": "proj-1",
      ])
    #expect(endpoint.url.text == "https://elsewhere/v1")
    #expect(endpoint.key?.variable == "OPENAI_API_KEY")
    #expect(endpoint.organization == "org-1" && endpoint.project == "proj-1")
    #expect(try self.endpoint("openai:toy", ["OPENAI_API_KEY": ""]).key == nil)
  }

  @Test(
    "What could give something away is refused, and not shown",
    arguments: [
      ("openai:toy@https://user:CANARY-1@host/v1", "user or a password"),
      ("openai:toy@https://CANARY-1@host/v1", "user or a password"),
      ("openai:toy@https://host/v1?key=CANARY-1", "query"),
      ("openai:toy@httpCANARY-1", "no URL"),
      ("openai:toy@http://ho st/CANARY-1", "no URL"),
      ("openai:@http://host/v1", "without the name of a model"),
    ])
  func refused(_ text: String, _ found: String) {
    let message = message(text)
    #expect(message.contains(found), "\(message)")
    #expect(!message.contains("CANARY-1"))
  }

  @Test("A key goes to another host by https alone")
  func clear() throws {
    let key = ["OPENAI_API_KEY": "CANARY-12345"]
    let refused = message("openai:toy@http://10.0.0.7:8000/v1", key)
    #expect(refused.contains("in the clear") && refused.contains("OPENAI_API_KEY"))
    #expect(!refused.contains("CANARY-12345"))
    #expect(message("openai:toy@http://127.example.com/v1", key).contains("in the clear"))
    for url in ["http://localhost:1", "http://127.0.0.1", "http://[::1]:2", "https://10.0.0.7"] {
      #expect(try endpoint("openai:toy@\(url)", key).key != nil)
    }
    #expect(message("openai:toy@http://10.0.0.7:8000/v1") == "accepted")
    let file = "endpoints: {box: {url: \"http://10.0.0.7/v1\", key_variable: none}}"
    #expect(try endpoint("openai:toy@box", key, file: file).key == nil)
  }

  @Test("A key that no header takes is refused, and not shown")
  func oddKey() {
    let message = message("openai:toy", ["OPENAI_API_KEY": "CANARY-1\nX-Other: 1"])
    #expect(message.contains("OPENAI_API_KEY") && !message.contains("CANARY-1"))
  }

  @Test("A key is shown by no description, mirror or dump")
  func hidden() throws {
    let endpoint = try endpoint("openai:toy", ["OPENAI_API_KEY": "CANARY-12345"])
    var dumped = ""
    dump(endpoint, to: &dumped)
    for text in ["\(endpoint)", String(reflecting: endpoint), dumped] {
      #expect(!text.contains("CANARY"), "\(text)")
      #expect(text.contains("OPENAI_API_KEY"))
    }
    #expect(endpoint.key?.scrubbed("no CANARY-12345 here") == "no [key] here")
  }

  // MARK: The file

  private static let file = """
    endpoints:
      box:
        url: https://box.example/v1
        key_variable: BOX_KEY
        concurrency: {least: 2, most: 8}
        waits: {first_byte: 30, silence: 5}
        attempts: {busy: 3}
        prices: {input: 0.5, output: 2, training: 8}
        most_cost: 1.5
        learning_rate: 1e-5
    """

  @Test("A named endpoint has its limits, its prices and its own variable")
  func named() throws {
    let endpoint = try endpoint(
      "openai:org/toy@box", ["BOX_KEY": "abcdefgh", "OPENAI_API_KEY": "other678"], file: Self.file)
    #expect(endpoint.model == "org/toy" && endpoint.key?.variable == "BOX_KEY")
    #expect(endpoint.settings.concurrency == .init(least: 2, most: 8))
    #expect(endpoint.settings.waits.firstByte == 30 && endpoint.settings.waits.connecting == 10)
    #expect(endpoint.settings.attempts.busy == 3 && endpoint.settings.attempts.server == 6)
    #expect(endpoint.settings.prices == .init(input: 0.5, output: 2, training: 8))
    #expect(endpoint.settings.mostCost == 1.5 && endpoint.settings.learningRate == 1e-5)
    #expect(
      endpoint.settings.prices?.cost(TokenUsage(input: 2_000_000, output: 500_000)) == 2)
    // What is run again by its URL has the same settings.
    let again = try self.endpoint(
      endpoint.lastingName, ["BOX_KEY": "abcdefgh"], file: Self.file)
    #expect(again == endpoint)
  }

  @Test(
    "A file says where it is wrong, and shows no value",
    arguments: [
      ("endpoints: {box: {url: \"https://h/v1\", api_key: CANARY-1}}", "key_variable"),
      ("endpoints: {box: {url: \"https://h/v1\", key_variable: sk-CANARY-1}}", "capital letters"),
      ("endpoints: {box: {url: \"https://h/v1\", most_cost: 3}}", "prices"),
      ("endpoints: {box: {key_variable: none}}", "no url"),
      ("endpoints: {box: {url: \"https://h/v1\", waits: {silence: 0}}}", "0.001 to"),
      ("endpoints: {box: {url: \"https://h/v1\", concurrency: {least: 9, most: 2}}}", "most"),
      ("endpoints: {httpbox: {url: \"https://h/v1\"}}", "not beginning with http"),
      ("endpoints: [CANARY-1]", "a mapping"),
      ("ends: {}", "unknown key"),
    ])
  func wrong(_ text: String, _ allowed: String) {
    let error = #expect(throws: LabError.self) { try EndpointFile(text, file: "endpoints.yaml") }
    #expect(error?.message.hasPrefix("endpoints.yaml") == true)
    #expect(error?.message.contains(allowed) == true, "\(error?.message ?? "")")
    #expect(error?.message.contains("CANARY-1") == false)
  }

  @Test("A variable names another file")
  func otherFile() throws {
    try withFolder { folder in
      let url = folder.appending(path: "mine.yaml")
      try Storage.write(Self.file, to: url)
      #expect(
        try EndpointFile.found(in: ["NOSCE_ENDPOINTS": url.path], folder: folder).entries["box"]
          != nil)
      #expect(try EndpointFile.found(in: [:], folder: folder).entries.isEmpty)
      #expect(throws: LabError.self) {
        try EndpointFile.found(in: ["NOSCE_ENDPOINTS": url.path + "x"], folder: folder)
      }
    }
  }
}
