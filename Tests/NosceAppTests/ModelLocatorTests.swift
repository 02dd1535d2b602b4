import Foundation
import NosceApp
import NosceCore
import NosceFormats
import NosceTestSupport
import Testing

/// What a name of a model means.
@Suite("Where a model lies")
struct ModelLocatorTests {
  /// A file that is as good as any until its weights are read.
  private func write(_ url: URL) throws {
    var file = GGUFWriter()
    file.set("general.architecture", .string("llama"))
    try file.write(to: url)
  }

  @Test("A GGUF file is named by its path and called by its name")
  func gguf() throws {
    try withFolder { folder in
      let url = folder.appending(path: "tiny.Q4_K_M.gguf")
      try write(url)
      let place = try ModelLocator.place(url.path)
      #expect(place.name == "tiny.Q4_K_M" && place.lastingName == url.path)
      #expect(place.summary == "the GGUF file \(url.path)")
      guard case .gguf = place.files else { throw Missing(text: "a GGUF file") }
    }
  }

  @Test("A folder of GGUF files stands for none of them, and says so")
  func loose() throws {
    try withFolder { folder in
      try write(folder.appending(path: "tiny.gguf"))
      let error = #expect(throws: LabError.self) { _ = try ModelLocator.place(folder.path) }
      #expect("\(error.map { "\($0)" } ?? "")".contains("found tiny.gguf and no config.json"))
      // An adapter's folder may hold one beside it.
      try Data("{}".utf8).write(to: folder.appending(path: "adapter_config.json"))
      #expect(try ModelLocator.place(folder.path).files.folder != nil)
    }
  }

  @Test("A file that is none is refused by what it is")
  func foreign() throws {
    try withFolder { folder in
      let url = folder.appending(path: "model.safetensors")
      try Data([8, 0, 0, 0, 0, 0, 0, 0]).write(to: url)
      let error = #expect(throws: CheckpointError.self) { _ = try ModelLocator.place(url.path) }
      #expect(error?.allowed == "a file that begins with GGUF")
    }
  }
}
