import Foundation
import NosceCore
import NosceTestSupport
import Testing

@Suite("Files that are whole or not there")
struct FileTests {
  @Test("A file appears when it is complete, and without that nothing is left")
  func file() throws {
    try withFolder { folder in
      let url = folder.appending(path: "x.txt")
      try Storage.write("one", to: url)
      do {
        var file = try AtomicFile(replacing: url)
        try file.write([1, 2, 3])
        #expect(try names(in: folder).count == 2)
      }
      #expect(try names(in: folder) == ["x.txt"])
      #expect(try Storage.read(url) == Data("one".utf8))
      try Storage.write(Data(), to: url)
      #expect(try Storage.read(url).isEmpty)
    }
  }

  @Test("A file passes its permissions on, and its name may be as long as names can be")
  func permissions() throws {
    try withFolder { folder in
      let url = folder.appending(path: String(repeating: "x", count: 255))
      try Storage.write("one", to: url)
      for mode in [0o600, 0o640] {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: url.path)
        try Storage.write("two", to: url)
        let kept = try FileManager.default.attributesOfItem(atPath: url.path)[.posixPermissions]
        #expect(kept as? Int == mode)
      }
    }
  }

  @Test("What stands in the way is said before anything is written")
  func obstacles() throws {
    try withFolder { folder in
      let inTheWay = folder.appending(path: "folder")
      try Storage.makeFolder(inTheWay)
      let isFolder = #expect(throws: LabError.self) { try Storage.write("x", to: inTheWay) }
      #expect(isFolder?.message == "\(inTheWay.path): cannot be written: it is a folder")
      let missing = folder.appending(path: "no/x")
      let isMissing = #expect(throws: LabError.self) { try Storage.write("x", to: missing) }
      #expect(
        isMissing?.message == "\(missing.path): cannot be written: there is no such file or folder")
      #expect(isMissing?.cause as? POSIXError == POSIXError(.ENOENT))
      #expect(try names(in: folder) == ["folder"])
    }
  }

  @Test("A folder takes another's place whole, and a failure leaves what was there")
  func folder() throws {
    struct Refused: Error {}
    try withFolder { folder in
      let target = folder.appending(path: "a/b")
      try AtomicFolder.write(target) { try Storage.write("1", to: $0.appending(path: "x")) }
      #expect(throws: Refused.self) {
        try AtomicFolder.write(target) {
          try Storage.write("2", to: $0.appending(path: "x"))
          throw Refused()
        }
      }
      #expect(try Storage.read(target.appending(path: "x")) == Data("1".utf8))
      try AtomicFolder.write(target) { try Storage.write("3", to: $0.appending(path: "y")) }
      #expect(try names(in: target) == ["y"])
      #expect(try names(in: folder.appending(path: "a")) == ["b"])
    }
  }

  private func names(in folder: URL) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }
}
