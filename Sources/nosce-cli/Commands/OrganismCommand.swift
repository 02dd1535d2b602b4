import ArgumentParser
import Foundation
import NosceApp
import NosceCore
import NosceOrganism
import NosceReport
import NosceText

/// The miniature model that ships with Nosce: its text and its pretraining.
struct OrganismCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "organism", abstract: "The miniature world: look at its text, train its model.",
    subcommands: [Generate.self, Train.self, Record.self])

  struct Generate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print documents of the world's pretraining text.")

    @Option(name: .customShort("n"), help: "How many documents.")
    var count = 10

    @Option(help: "coherent or null.")
    var world: World.Kind = .coherent

    @Option(help: "The first training step whose documents are printed.")
    var step = 0

    func validate() throws {
      if count < 1 { throw ValidationError("-n must be at least 1.") }
      if step < 0 { throw ValidationError("--step must not be negative.") }
    }

    func run() async throws {
      let text = try PretrainingText(
        .shipped, kind: world, materials: try MaterialChoice.miniatureWorld())
      var left = count
      var step = step
      while left > 0 {
        for document in text.documents(step: step).prefix(left) {
          try Console.say(document.plainText + "\n")
          left -= 1
        }
        step += 1
      }
    }
  }

  struct Train: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Pretrain the organism again, or go on with a training that was stopped.",
      discussion: """
        The same recipe gives the same bytes on one kind of machine, whatever the number of \
        threads. A training that was stopped or killed goes on where its last saved state is.
        """)

    @Option(
      help: "The folder that the checkpoint and the loss curve go to.", completion: .directory)
    var out = "organism"

    @Option(help: "coherent or null.")
    var world: World.Kind = .coherent

    @Option(help: "Draws the personas, the text and the first weights; 1 is the bundled models'.")
    var seed: UInt64 = 1

    @Option(help: "Threads; the result does not depend on them.")
    var threads = 2

    @Option(help: "Stop after so many steps, for a trial; the schedule is the whole recipe's.")
    var steps: Int?

    func validate() throws {
      if threads < 1 { throw ValidationError("--threads must be at least 1.") }
      if let steps, steps < 1 { throw ValidationError("--steps must be at least 1.") }
    }

    func run() async throws {
      let recipe = PretrainingRecipe.shipped(seed: seed)
      let folder = URL(fileURLWithPath: out)
      try Storage.checkFolder(folder)
      let job = try PretrainingJob(
        recipe, kind: world, materials: try MaterialChoice.miniatureWorld(), folder: folder,
        threads: threads)
      let last = min(steps ?? recipe.steps, recipe.steps)
      try await Interruption.cleanly {
        do {
          try await Console.following { events in
            try await job.run(through: last) { now in
              events(
                .progress(
                  label: "organism", done: now.step, total: last,
                  note: "loss \(Number.value(now.loss))"))
            }
          }
        } catch is CancellationError {
          Console.complain("Stopped; the same command goes on from step \(await job.savedStep).")
          throw CancellationError()
        }
      }
      try Console.say(
        last < recipe.steps
          ? "\(folder.relativePath): step \(last) of \(recipe.steps), loss curve."
          : "\(folder.relativePath): checkpoint, tokenizer, chat template, loss curve.")
    }
  }
}

extension OrganismCommand {
  struct Record: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write what the catalog found on a pretraining as a line of a file.",
      discussion: """
        A line of the same world and seed is replaced. `make organisms` trains, runs the catalog and \
        records, one pretraining after another.
        """)

    @Argument(help: "The organism's folder.", completion: .directory)
    var model: String

    @Argument(help: "The folder of `nosce run --all` on it.", completion: .directory)
    var suite: String

    @Option(help: "The file of such lines.", completion: .file())
    var out = "docs/validation/pretrainings.jsonl"

    func run() async throws {
      let record = try PretrainingRecord(
        model: URL(fileURLWithPath: model), suite: URL(fileURLWithPath: suite))
      try record.write(to: URL(fileURLWithPath: out))
      try Console.say(
        "\(out): \(record.world) world, seed \(record.seed), "
          + "\(record.primaries.count { $0.verdict.isSupported }) of \(record.primaries.count) "
          + "primary claims supported")
    }
  }
}

extension World.Kind: ExpressibleByArgument {}
