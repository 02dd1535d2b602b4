import Foundation
import NosceEngine
import NosceFormats
import NosceTestSupport
import Testing

/// A cache folder as Hugging Face's libraries make it, with files that are links into `blobs`.
private struct SyntheticCache {
  let folder: URL
  var cache: HubCache { HubCache(folder: folder, origin: "a test") }

  func place(_ repository: String) -> URL {
    folder.appending(path: "models--" + repository.replacing("/", with: "--"))
  }

  func add(_ repository: String, commit: String, files: [String] = ["config.json"]) throws {
    let manager = FileManager.default
    let snapshot = place(repository).appending(path: "snapshots/\(commit)")
    let blobs = place(repository).appending(path: "blobs")
    for folder in [snapshot, blobs] {
      try manager.createDirectory(at: folder, withIntermediateDirectories: true)
    }
    for name in files {
      let blob = "\(commit)-\(name)"
      try Data("\(repository) \(commit) \(name)".utf8).write(to: blobs.appending(path: blob))
      try manager.createSymbolicLink(
        atPath: snapshot.appending(path: name).path,
        withDestinationPath: "../../blobs/\(blob)")
    }
  }

  func refer(_ repository: String, _ name: String, to content: String) throws {
    let file = place(repository).appending(path: "refs/\(name)")
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(content.utf8).write(to: file)
  }

  func snapshot(_ text: String) throws -> HubCache.Snapshot {
    try cache.snapshot(try #require(HubCache.Reference(text)))
  }

  func message(_ text: String) throws -> String {
    do {
      let snapshot = try snapshot(text)
      return "no error but \(snapshot.commit)"
    } catch let error as CheckpointError {
      return error.description
    }
  }
}

@Suite("The Hugging Face cache")
struct HubCacheTests {
  private static let one = "1111111111111111111111111111111111111111"
  private static let two = "2222222222222222222222222222222222222222"

  private func withCache(_ body: (SyntheticCache) throws -> Void) throws {
    try withFolder { try body(SyntheticCache(folder: $0)) }
  }

  @Test("The folder is where Hugging Face's libraries have it")
  func places() {
    let home = URL(fileURLWithPath: "/home/nova")
    func path(_ environment: [String: String]) -> String {
      HubCache(environment: environment, home: home).folder.path
    }
    #expect(path([:]) == "/home/nova/.cache/huggingface/hub")
    #expect(path(["XDG_CACHE_HOME": "/x"]) == "/x/huggingface/hub")
    #expect(path(["XDG_CACHE_HOME": "/x", "HF_HOME": "/h"]) == "/h/hub")
    #expect(path(["HF_HOME": "/h", "HF_HUB_CACHE": "/c"]) == "/c")
    #expect(path(["HF_HOME": "~/models"]) == "/home/nova/models/hub")
    #expect(path(["HF_HUB_CACHE": ""]) == "/home/nova/.cache/huggingface/hub")
  }

  @Test("Names of repositories are told from paths")
  func references() {
    #expect(HubCache.Reference("org/name")?.repository == "org/name")
    #expect(HubCache.Reference("org/name@refs")?.revision == "refs")
    #expect(HubCache.Reference("org/name@pr/1")?.revision == "pr/1")
    #expect(HubCache.Reference("gpt2")?.repository == "gpt2")
    for text in [
      "", "/", "./x", "../x", "/tmp/x", "a/b/c", "org/", "/name", "org/na me", "org/name@",
      "org/name@../x", "org/name@/x", "org/a..b", "org/a--b", "org/name@a..b", "org/.name",
      "org/\u{0}", "org/nämé",
    ] {
      #expect(HubCache.Reference(text) == nil, "\(text)")
    }
  }

  @Test("Without a revision the branch main is taken, and its links are followed")
  func main() throws {
    try withCache { cache in
      try cache.add("org/name", commit: Self.one)
      try cache.add("org/name", commit: Self.two)
      try cache.refer("org/name", "main", to: Self.two + "\n")
      let snapshot = try cache.snapshot("org/name")
      #expect(snapshot.commit == Self.two)
      #expect(snapshot.repository == "org/name")
      let text = try String(
        contentsOf: snapshot.directory.appending(path: "config.json"), encoding: .utf8)
      #expect(text == "org/name \(Self.two) config.json")
      #expect(cache.cache.repositories == ["org/name"])
    }
  }

  @Test("A branch, a tag, a pull request, a commit and the beginning of one are revisions")
  func revisions() throws {
    try withCache { cache in
      try cache.add("org/name", commit: Self.one)
      try cache.add("org/name", commit: Self.two)
      try cache.refer("org/name", "main", to: Self.two)
      try cache.refer("org/name", "refs/pr/7", to: Self.one)
      try cache.refer("org/name", "v1.0", to: Self.one)
      for name in ["v1.0", "refs/pr/7", Self.one, "1111111"] {
        #expect(try cache.snapshot("org/name@\(name)").commit == Self.one, "\(name)")
      }
      let message = try cache.message("org/name@v2.0")
      for part in ["v2.0", "main", "v1.0", Self.one, Self.two] { #expect(message.contains(part)) }
    }
  }

  @Test("Without a branch the only snapshot is taken; of several one must be named")
  func missingRefs() throws {
    try withCache { cache in
      try cache.add("name", commit: Self.one)
      #expect(try cache.snapshot("name").commit == Self.one)
      try cache.add("name", commit: Self.two)
      let message = try cache.message("name")
      for part in ["refs/main", Self.one, Self.two, "name@REVISION"] {
        #expect(message.contains(part))
      }
    }
  }

  @Test("What is not there is answered with the place and with what is")
  func missing() throws {
    try withCache { cache in
      #expect(try cache.message("org/name").contains("holds nothing"))
      try cache.add("org/other", commit: Self.one)
      let message = try cache.message("org/name")
      for part in [cache.folder.path, "org/name", "org/other", "a test", "downloads nothing"] {
        #expect(message.contains(part))
      }
      try cache.refer("org/other", "main", to: Self.two)
      let gone = try cache.message("org/other")
      #expect(gone.contains("no snapshot \(Self.two)"))
      #expect(gone.contains(Self.one))
    }
  }

  @Test("A link whose file was never downloaded is an error that names it")
  func brokenLink() throws {
    try withCache { cache in
      try cache.add("org/name", commit: Self.one, files: ["config.json", "model.safetensors"])
      try FileManager.default.removeItem(
        at: cache.place("org/name").appending(path: "blobs/\(Self.one)-model.safetensors"))
      let message = try cache.message("org/name")
      #expect(message.contains("snapshots/\(Self.one)/model.safetensors: found a link to ../../"))
    }
  }

  @Test(
    "A branch file with anything but a name is refused",
    arguments: ["", "..", "../../../../etc", "/etc", "a/b", "\u{0}", "-x", "a\nb"])
  func hostileRef(_ content: String) throws {
    try withCache { cache in
      try cache.add("org/name", commit: Self.one)
      try cache.refer("org/name", "main", to: content)
      let message = try cache.message("org/name")
      #expect(message.contains("refs/main: found"))
      #expect(message.contains("allowed: the hash of a commit"))
    }
  }
}
