import ArgumentParser
import Foundation
import NosceLocal

/// Which rows a training reads, in which order, and how often.
struct BatchArguments: ParsableArguments {
  enum RowOrder: String, ExpressibleByArgument, CaseIterable {
    case shuffled, file
  }

  @Option(help: "Times through all rows (1).")
  var epochs: Int?

  @Option(help: "Instead: so many optimizer steps.")
  var steps: Int?

  @Option(help: "Rows in a micro-batch, or all, or a list of sizes that follow each other: 3,2,1.")
  var batchRows = BatchSizes.sizes([8])

  @Option(help: "Micro-batches in a step, whose target tokens all count alike.")
  var accumulate = 1

  @Option(help: "shuffled anew each time through, or as in the file.")
  var order = RowOrder.shuffled

  @Option(help: "Of the rows' order and of a new adapter.")
  var seed: UInt64 = 1

  @Option(help: "Longer rows are an error; by default the model's positions.")
  var maxLength: Int?

  @Flag(help: "Keep the beginning of longer rows.")
  var truncate = false

  @Flag(help: "Put no end token behind plain texts and completions.")
  var noEndToken = false

  func validate() throws {
    if epochs != nil, steps != nil { throw ValidationError("Give one of --epochs and --steps.") }
    if let epochs, !(1...1_000_000).contains(epochs) {
      throw ValidationError("--epochs must be from 1 to 1000000.")
    }
    if let steps, !(1...1_000_000_000).contains(steps) {
      throw ValidationError("--steps must be from 1 to 1000000000.")
    }
    if accumulate < 1 { throw ValidationError("--accumulate must be at least 1.") }
    if let maxLength, maxLength < 2 { throw ValidationError("--max-length must be at least 2.") }
  }

  func plan(rows: Int) -> BatchPlan {
    BatchPlan(
      rowCount: rows, sizes: batchRows.sizes(rows: rows), accumulation: accumulate,
      order: order == .file ? .file : .shuffled(seed: seed))
  }

  func steps(of plan: BatchPlan) -> Int { steps ?? (epochs ?? 1) * plan.stepsPerPass }
}

/// The sizes of micro-batches.
enum BatchSizes: ExpressibleByArgument, CustomStringConvertible {
  case all
  case sizes([Int])

  init?(argument: String) {
    if argument == "all" {
      self = .all
      return
    }
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    let sizes = parts.compactMap { Int($0) }
    guard sizes.count == parts.count, sizes.allSatisfy({ (1...1_000_000_000).contains($0) }) else {
      return nil
    }
    self = .sizes(sizes)
  }

  func sizes(rows: Int) -> [Int] { if case .sizes(let sizes) = self { sizes } else { [rows] } }

  var description: String {
    if case .sizes(let sizes) = self {
      sizes.map(String.init).joined(separator: ",")
    } else {
      "all"
    }
  }

  var defaultValueDescription: String { description }
}
