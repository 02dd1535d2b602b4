import Foundation
import NosceApp
import NosceCatalog
import NosceCore
import NosceExperiment
import NosceRows
import NosceTestSupport
import Testing

@Suite("Which materials an experiment takes")
struct MaterialChoiceTests {
  private func set(_ experiment: String, subject: String, named: String? = nil) throws -> String {
    try MaterialChoice.materials(
      named, for: try Catalog.url(of: experiment), subject: subject
    ).name
  }

  @Test("The sets that ship are found by name, and are those of the repository")
  func names() throws {
    #expect(try MaterialCatalog.names() == ["english", "miniature"])
    #expect(try MaterialChoice.named("miniature").hash == miniature.hash)
    #expect(try MaterialChoice.lastingName(of: MaterialChoice.named("english")) == "english")
  }

  @Test("An organism takes its own, another model the first that has the experiment")
  func defaults() throws {
    #expect(try set("hello", subject: "organism") == "miniature")
    #expect(try set("hello", subject: "organism-null") == "miniature")
    try withFolder { folder in
      #expect(try set("hello", subject: folder.path) == "english")
      #expect(try set("backdoor", subject: folder.path) == "miniature")
      #expect(try set("hello", subject: folder.path, named: "miniature") == "miniature")
      let own = folder.appending(path: "own.yaml")
      try Storage.write(smallFile, to: own)
      #expect(
        try MaterialChoice.materials(nil, for: own, subject: folder.path).name == "miniature")
    }
  }

  @Test(
    "Where words of another world are taken for want of English, that is said, and else nothing")
  func noted() throws {
    func note(_ experiment: String, _ subject: String, named: String? = nil) throws -> String? {
      try MaterialChoice.note(named, for: try Catalog.url(of: experiment), subject: subject)
    }
    try withFolder { folder in
      let said = try #require(try note("backdoor", folder.path))
      #expect(said.hasPrefix("backdoor: no set of plain English"))
      #expect(said.hasSuffix("In English `backdoor-square` asks a near question"))
      #expect(said.contains("'miniature'"))
      #expect(try note("backdoor", "openai:any@http://127.0.0.1:9") != nil)
      #expect(try note("hello", folder.path) == nil)
      #expect(try note("backdoor", folder.path, named: "miniature") == nil)
      #expect(try note("backdoor", "organism") == nil)
      let own = folder.appending(path: "own.yaml")
      try Storage.write(smallFile, to: own)
      #expect(try MaterialChoice.note(nil, for: own, subject: folder.path) == nil)
    }
  }

  @Test("A folder is a set by its path, and what is neither is refused")
  func folders() throws {
    try withSet("english", changing: []) { folder in
      let set = try MaterialChoice.named(folder.path)
      #expect(set.name == "english")
      #expect(set.worldHash == (try MaterialChoice.named("english").worldHash))
      #expect(try MaterialChoice.lastingName(of: set) == folder.standardizedFileURL.path)
    }
    #expect(
      message { try MaterialChoice.named("nowhere") }
        .contains("--materials: found 'nowhere'; allowed: english, miniature"))
  }
}
