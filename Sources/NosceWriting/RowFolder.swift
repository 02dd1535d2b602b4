import Foundation
import NosceCore
import NoscePorts
import NosceRows
import Synchronization

/// The folder in which rows are kept that models wrote themselves, a file for each model and pool.
///
///     rows/smollm2-b179c9523d0e/RESIN-3f2a….jsonl
///
/// A file is found by what it is for, and verified whenever it is read.
package final class RowFolder: WrittenRows {
  /// Where the folder is; it need not be there.
  package let url: URL
  package let author: WrittenRowFile.Author
  private let known = Mutex<[RowPool: [TrainingRow]]>([:])

  package init(_ url: URL, of model: ModelIdentity) {
    self.url = url
    author = .init(name: model.name, hash: model.contentHash)
  }

  /// Where the rows of a pool are.
  package func place(of pool: RowPool) -> URL {
    let model = "\(FileName.plain(author.name))-\(author.hash.prefix(12))"
    return url.appending(path: model)
      .appending(path: "\(FileName.plain(pool.fileName))-\(pool.key.prefix(12)).jsonl")
  }

  /// What is written of a pool; nothing where there is no file.
  package func file(of pool: RowPool) throws -> WrittenRowFile {
    let place = place(of: pool)
    guard FileManager.default.fileExists(atPath: place.path) else {
      return WrittenRowFile(pool, by: author)
    }
    return try WrittenRowFile(
      try Storage.read(place), name: place.path, pool: pool, by: author)
  }

  /// How many rows of a pool are written.
  package func count(of pool: RowPool) throws -> Int { try file(of: pool).entries.count }

  package func rows(_ count: Int, of pool: RowPool) throws -> [TrainingRow] {
    if let rows = known.withLock({ $0[pool] }), rows.count >= count {
      return Array(rows.prefix(count))
    }
    let entries = try file(of: pool).entries
    guard entries.count >= count else {
      throw LabError(
        .storage,
        "\(place(of: pool).path): found \(entries.count) of "
          + "\(Counted.text(count, "row")) of \(pool.name) that \(author.name) is to write; allowed: "
          + "all of them. `nosce rows` writes them")
    }
    let rows = entries.enumerated().map { pool.row($0.offset, answer: $0.element.answer) }
    known.withLock { $0[pool] = rows }
    return Array(rows.prefix(count))
  }

  /// Copies the files of some pools to another folder, of the same form.
  package func copy(_ pools: [RowPool], to folder: URL) throws {
    let other = RowFolder(folder, author)
    for pool in pools {
      let target = other.place(of: pool)
      try Storage.makeFolder(target.deletingLastPathComponent())
      try Storage.copy(place(of: pool), to: target)
    }
  }

  private init(_ url: URL, _ author: WrittenRowFile.Author) {
    self.url = url
    self.author = author
  }
}
