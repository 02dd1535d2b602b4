import Foundation
import GRDB
import NosceCore
import NosceExperiment
import NoscePorts
import NosceRuns
import NosceTestSupport
import Testing

@Suite("A store that is read while it is written")
struct RunStoreTests {
  private func store(
    in url: URL, beforeCommit: @escaping @Sendable (Int) throws -> Void = { _ in }
  ) throws -> RunStore {
    try RunStore.create(url.appending(path: "run.sqlite"), beforeCommit: beforeCommit)
  }

  private func answer(_ item: Int) -> StoreEntry {
    .answer(
      GradedAnswer(
        cell: "c", probe: "p", item: item, answer: "text", outcome: .scored(Double(item))))
  }

  private func mode(_ url: URL) throws -> String? {
    var configuration = Configuration()
    configuration.readonly = true
    return try DatabaseQueue(
      path: url.appending(path: "run.sqlite").path, configuration: configuration
    ).read { try String.fetchOne($0, sql: "PRAGMA journal_mode") }
  }

  @Test("Whoever finds the file finds its tables")
  func whole() async throws {
    try await withFolder { url in
      for number in 0..<20 {
        let folder = url.appending(path: "\(number)")
        try Storage.makeFolder(folder)
        let path = folder.appending(path: "run.sqlite").path
        let watch = Task.detached {
          while !FileManager.default.fileExists(atPath: path) {}
          var configuration = Configuration()
          configuration.readonly = true
          let queue = try DatabaseQueue(path: path, configuration: configuration)
          return try await queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM loss") }
        }
        let store = try store(in: folder)
        #expect(try await watch.value == 0)
        #expect(try await store.losses().isEmpty)
      }
    }
  }

  @Test("A log is kept while the run goes on, and one file is left when it ends")
  func journal() async throws {
    try await withFolder { url in
      let store = try store(in: url)
      #expect(try mode(url) == "delete")
      #expect(try await store.beginSession() == nil)
      store.submit(answer(0))
      try await store.drain()
      #expect(try mode(url) == "wal")
      #expect(try await store.endSession() == nil)
      #expect(try mode(url) == "delete")
      #expect(try Storage.names(in: url) == ["run.sqlite"])
    }
  }

  @Test("A zero byte in what a model wrote ends nothing: what was graded is kept")
  func zeroBytes() async throws {
    let said = Completion(text: "I\0\0\u{301} saw a harbour", tokenCount: 5, finish: .stop)
    #expect(said.text == "I\u{FFFD}\u{FFFD}\u{301} saw a harbour")
    #expect(Coherence().flaw(in: said.text, finish: .stop) != nil)
    try await withFolder { url in
      let store = try store(in: url)
      store.submit(
        .answer(
          GradedAnswer(
            cell: "c", probe: "p", item: 0, answer: said.text, outcome: .incoherent)))
      try await store.drain()
      #expect(try await store.measurements().map(\.answer) == [said.text])
    }
  }

  @Test("A reader in the middle of its reading neither fails nor delays the writer")
  func reader() async throws {
    try await withFolder { url in
      try await watched(url)
      let again = try RunStore.open(url.appending(path: "run.sqlite"))
      _ = try await again.beginSession()
      #expect(try await again.endSession() == nil)
      #expect(try await again.measurements().count == 51)
    }
  }

  private func watched(_ url: URL) async throws {
    let store = try store(in: url)
    _ = try await store.beginSession()
    store.submit(answer(0))
    try await store.drain()
    var configuration = Configuration()
    configuration.readonly = true
    configuration.allowsUnsafeTransactions = true
    let reader = try DatabaseQueue(
      path: url.appending(path: "run.sqlite").path, configuration: configuration)
    func count(_ database: Database) throws -> Int? {
      try Int.fetchOne(database, sql: "SELECT count(*) FROM measurement")
    }
    try reader.inDatabase { database in
      try database.execute(sql: "BEGIN")
      #expect(try count(database) == 1)
    }
    for item in 1...50 { store.submit(answer(item)) }
    try await store.drain()
    try reader.inDatabase { database in
      // It goes on seeing what was there when it began.
      #expect(try count(database) == 1)
      try database.execute(sql: "COMMIT")
      #expect(try count(database) == 51)
    }
    // While somebody holds the file open its log stays, and that is said.
    let note = try #require(try await store.endSession())
    #expect(note.contains("another process reads it"))
    try reader.close()
  }

  @Test("Of a disk that is full while answers wait, everybody who waits hears, and nothing is lost")
  func full() async throws {
    try await withFolder { url in
      let store = try store(in: url) { write in
        // The first write begins the session, the second takes the first answer. (Of two, the first may
        // be written before the second is there.)
        if write >= 3 { throw DatabaseError(resultCode: .SQLITE_FULL) }
      }
      _ = try await store.beginSession()
      store.submit(answer(0))
      try await store.drain()
      store.submit(answer(1))
      store.submit(answer(2))
      async let one: Void = store.drain()
      async let other: Void = store.drain()
      for wait in [try? await one, try? await other] { #expect(wait == nil) }
      await #expect { try await store.drain() } throws: {
        ($0 as? LabError)?.code == .storage && "\($0)".contains("the disk is full")
      }
      await #expect(throws: LabError.self) { _ = try await store.endSession() }
      #expect(try await store.measurements().map(\.item) == [0])
      #expect(try mode(url) == "delete")
    }
  }

  @Test("The log of a run that was killed is read with it, also from a copy elsewhere")
  func killed() async throws {
    try await withFolder { url in
      let store = try store(in: url)
      _ = try await store.beginSession()
      store.submit(answer(0))
      try await store.drain()
      let copy = url.appending(path: "copy")
      try Storage.makeFolder(copy)
      for name in ["run.sqlite", "run.sqlite-wal"] {
        try Storage.copy(url.appending(path: name), to: copy.appending(path: name))
      }
      let read = try RunStore.open(copy.appending(path: "run.sqlite"), isReadOnly: true)
      #expect(try await read.measurements().map(\.item) == [0])
    }
  }

  @Test(
    "A network disk is known by its type",
    arguments: [
      ("/home/ada/runs", "nfs4"), ("/home/bob", "ext4"), ("/mnt/my share/x", "fuse.sshfs"),
      ("/homes", "ext4"), ("/scratch", "tmpfs"),
    ])
  func disks(path: String, type: String) {
    let mounts = """
      22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw
      30 22 0:40 / /home/ada rw shared:5 - nfs4 server:/ada rw
      31 22 0:41 / /mnt/my\\040share rw - fuse.sshfs server: rw
      32 22 0:42 / /scratch rw - overlay none rw
      33 22 0:43 / /scratch rw - tmpfs none rw
      """
    #expect(LocalDisk.type(of: path, mounts: mounts) == type)
    #expect(LocalDisk.isRemote(type) == (type == "nfs4" || type == "fuse.sshfs"))
  }
}
