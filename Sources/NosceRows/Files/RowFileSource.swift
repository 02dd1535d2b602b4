import Foundation
import NosceCore

/// A file of rows as an experiment names it.
package struct RowFileSource: Codable, Sendable, Hashable {
  /// Under which system line the file's conversations are put.
  package enum SystemLine: String, Codable, Sendable, CaseIterable {
    /// That of the hosts, where a conversation has none of its own.
    case hosts
    /// As the rows have it.
    case rows
  }

  /// The path as it was written.
  package var path: String
  /// Where that is on this machine.
  package var location: String
  /// The SHA-256 of the bytes when the experiment was read.
  package var contentHash: String
  /// How many rows there are.
  package var rowCount: Int
  /// How many of them each seed draws; nil for all, in the order of the file.
  package var count: Int?
  package var system: SystemLine

  /// Reads the file once, so that whatever is wrong with it is found at once.
  ///
  /// - Parameter folder: what a relative path begins at.
  package init(
    path: String, in folder: URL, count: Int? = nil, system: SystemLine = .hosts
  ) throws(RowFileProblems) {
    let isAbsolute = path.hasPrefix("/")
    let url = (isAbsolute ? URL(fileURLWithPath: path) : folder.appending(path: path))
      .standardizedFileURL
    self.path = path
    location = url.path
    self.count = count
    self.system = system
    let data: Data
    do {
      data = try Data(contentsOf: url)
    } catch {
      throw RowFileProblems(messages: [
        "\(path): cannot be read: \(Storage.reason(for: error, at: url))"
      ])
    }
    contentHash = ContentHash.of(data)
    let rows = try Self.trainingRows(data, path: path)
    rowCount = rows.count
    if let count, count > rows.count {
      throw RowFileProblems(messages: [
        "\(path): found \(rows.count) rows where \(count) are to be drawn; allowed: 1 to "
          + "\(rows.count)"
      ])
    }
  }

  /// The rows of the file, which must be what it was when the experiment was read.
  package func rows() throws -> [TrainingRow] {
    let data = try Storage.read(URL(fileURLWithPath: location))
    let hash = ContentHash.of(data)
    guard hash == contentHash else {
      throw LabError(
        .version,
        "\(location): found other content (\(hash.prefix(12))) than when the experiment was read "
          + "(\(contentHash.prefix(12))); allowed: the same file. Start a new run for other rows")
    }
    do throws(RowFileProblems) {
      return try Self.trainingRows(data, path: path)
    } catch {
      throw LabError(.invalidExperiment, error.messages.joined(separator: "\n"), cause: error)
    }
  }

  private static func trainingRows(
    _ data: Data, path: String
  ) throws(RowFileProblems) -> [TrainingRow] {
    let (rows, problems) = RowFile.scan(data, file: path, problemLimit: 20)
    var messages = problems.map { "\($0)" }
    var trainingRows: [TrainingRow] = []
    for row in rows {
      if row.row.isText {
        trainingRows.append(row.row)
      } else if messages.count < 20 {
        messages.append(
          "\(row.place): found input_ids; allowed: messages, text, or prompt + completion, which "
            + "every model can be trained on")
      }
    }
    if !messages.isEmpty { throw RowFileProblems(messages: messages) }
    return trainingRows
  }
}

/// What is wrong with a file of rows, each with the file and where possible the line.
package struct RowFileProblems: Error, Sendable {
  package var messages: [String]
}
