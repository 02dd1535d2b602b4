import ArgumentParser
import Foundation
import NosceApp
import NosceCore
import NosceFormats
import NosceRows
import NosceRuns
import NosceWriting

/// Has a model write the rows that an experiment wants of it.
struct RowsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rows",
    abstract: "Let a model write the training rows that it is to write itself.",
    discussion: """
      Where an experiment has rows of the generator self-written, the untrained model answers ordinary \
      questions, and the first letter of every line is given; of the generator own-answers, it answers the \
      tasks of a bank with the likeliest of some options. Rows are written once for a model and what \
      they are for, found again, and verified by their SHA-256. `nosce run` writes what is missing; this \
      writes it alone.
      """)

  @OptionGroup var arguments: ExperimentArguments

  @Flag(help: "Print one JSON document with the files.")
  var json = false

  func run() async throws {
    let request = try arguments.request()
    let model = try await request.provider()
    let outline = try RowOutline(request, on: model, judge: try await request.judgeProvider())
    guard !outline.pools.isEmpty else {
      throw LabError(
        .invalidExperiment,
        "\(request.experiment): found no rows that a model writes itself; allowed: an experiment with the "
          + "generator self-written or own-answers")
    }
    try await Interruption.cleanly { try await Self.write(outline) }
    let files = try outline.pools.map { pool, _ in
      (pool, outline.folder.place(of: pool), try outline.folder.file(of: pool))
    }
    if json {
      let list = files.map { pool, place, file in
        JSON.object([
          ("rows", .string(pool.name)), ("count", .integer(file.entries.count)),
          ("file", .string(place.path)), ("sha256", .string(file.hash ?? "")),
        ])
      }
      return try Console.say(JSON.object([("pools", .array(list))]).text(indent: 0))
    }
    for (pool, place, file) in files {
      try Console.say(
        "\(pool.name): \(Counted.text(file.entries.count, "row")), \(place.relativePath), sha256 "
          + "\(file.hash ?? "none")")
    }
  }

  /// Writes what is missing, and shows how far that has come.
  static func write(_ outline: RowOutline) async throws {
    do {
      try await Console.following { try await outline.write($0) }
    } catch is CancellationError {
      Console.complain("Stopped. The rows that are whole are kept; the same command goes on.")
      throw CancellationError()
    }
  }
}
