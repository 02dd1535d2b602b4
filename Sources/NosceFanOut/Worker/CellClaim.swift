import Foundation
import NosceCore
import NosceRuns

/// That one process works on a line, said so that other machines hear of it.
///
/// On one machine the system's lock says so, and lets go with the process. Network file systems do not
/// all pass locks on, so that the one who works also counts beats in a file: whoever comes later looks
/// at it twice, and takes over where nothing was counted in between. No clock of another machine is
/// believed.
package final class CellClaim: Sendable {
  struct Note: Codable, Sendable, Hashable {
    var node: String
    var process: Int32
    /// The queue's number of the job; nil where there is no queue.
    var job: String?
    /// Tells this holder from an earlier one of the same machine and process number.
    var token: String
    var beat: Int

    /// Who that is, in words.
    var words: String { "\(node) (process \(process)\(job.map { ", job \($0)" } ?? ""))" }
  }

  /// How often beats are counted, and how long whoever comes later waits for one.
  package struct Rhythm: Sendable {
    package var beat: Duration
    package var patience: Duration

    package init(beat: Duration = .seconds(5), patience: Duration = .seconds(25)) {
      self.beat = beat
      self.patience = patience
    }
  }

  private let cell: CellFolder
  private let lock: FolderLock
  private let token: String
  private let rhythm: Rhythm

  private init(_ cell: CellFolder, lock: FolderLock, token: String, rhythm: Rhythm) {
    self.cell = cell
    self.lock = lock
    self.token = token
    self.rhythm = rhythm
  }

  static var node: String { ProcessInfo.processInfo.hostName }

  /// Takes a line.
  ///
  /// - Throws: ``LabError`` with the code `locked` where another process works on it.
  static func take(
    _ cell: CellFolder, node: String = node, rhythm: Rhythm = Rhythm(),
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) async throws -> CellClaim {
    let lock = try FolderLock(file: cell.lock, of: cell.url, deed: "carrying out these subjects")
    if let earlier = try read(cell), earlier.node != node {
      // The holder may be on another machine, where this lock is not seen.
      try await Task.sleep(for: rhythm.patience)
      if let now = try read(cell), now.token != earlier.token || now.beat != earlier.beat {
        throw LabError(
          .locked,
          "\(cell.url.path): \(now.words) is carrying out these subjects; wait for it or stop it first"
        )
      }
    }
    let claim = CellClaim(cell, lock: lock, token: UUID().uuidString, rhythm: rhythm)
    try claim.write(
      Note(
        node: node, process: ProcessInfo.processInfo.processIdentifier,
        job: environment["SLURM_JOB_ID"], token: claim.token, beat: 0))
    return claim
  }

  /// Who works on a line, or did when it was last heard of; nil for nobody.
  static func read(_ cell: CellFolder) throws -> Note? {
    var facts = stat()
    guard lstat(cell.claim.path, &facts) == 0 else { return nil }
    do {
      return try PlainFile.json(
        cell.claim, atMost: FanOutFolder.noteBytes, what: "who works on it")
    } catch let error as LabError where error.code == .version {
      // Half a note is that of a machine that went down; it holds nothing.
      return nil
    }
  }

  /// Does work while it is held, and counts beats until the work has wound down; ends it where another has
  /// taken over.
  func holding<Value: Sendable>(
    _ work: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    defer { release() }
    let working = Task { try await work() }
    // Not a child of this task, which may be cancelled long before the work has ended.
    let beating = Task.detached { [self] in
      while (try? await Task.sleep(for: rhythm.beat)) != nil {
        do {
          try beat()
        } catch {
          working.cancel()
          throw error
        }
      }
    }
    let result = await withTaskCancellationHandler {
      await working.result
    } onCancel: {
      working.cancel()
    }
    beating.cancel()
    // That another has taken over says more than that the work was cancelled for it.
    try await beating.value
    return try result.get()
  }

  private func beat() throws {
    guard var note = try Self.read(cell), note.token == token else {
      let holder = try Self.read(cell)?.node ?? "another process"
      throw LabError(
        .locked,
        "\(cell.url.path): \(holder) has taken over these subjects; what was answered here is kept in "
          + "its own file")
    }
    note.beat += 1
    try write(note)
  }

  private func write(_ note: Note) throws {
    try Storage.write(try CellLine.encoder.encode(note), to: cell.claim)
  }

  private func release() {
    if let note = try? Self.read(cell), note.token == token { try? Storage.remove(cell.claim) }
  }
}
