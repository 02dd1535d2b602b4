import ArgumentParser
import Foundation
import NosceApp
import NosceBench
import NosceCore
import NosceEngine
import NosceFormats
import NoscePorts
import NosceReport

/// Measures the engine against the limits of the machine.
struct BenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measure how fast this machine trains, samples and scores.",
    discussion: """
      Without a model, the models are made: random weights in the shapes tiny (1 M parameters), \
      small (32 M), smol135 (135 M) and qwen05 (494 M). Each workload then runs in a process of its own, and a table \
      is printed: its rate, the share of the peak that was measured in the same process, and the \
      share of what the machine's arithmetic and memory allow at most.

      Workloads: lora and full (training steps), sample (32 prompts x 128 tokens), single (one \
      prompt), score (50 prompts x 32 answers), experiment (20 subjects trained, asked and scored). \
      limits measures the machine alone. docs/benchmark.md defines them.
      """)

  @Argument(help: "What is measured: one workload, or limits. All workloads when left out.")
  var workload: BenchChoice?

  @Option(help: "A checkpoint folder; --inputs goes with it.", completion: .directory)
  var model: String?

  @Option(help: "The inputs file of the model.", completion: .file(extensions: ["json"]))
  var inputs: String?

  @Flag(help: "Print each result as one JSON object on a line.")
  var json = false

  @Option(help: "What products are computed in: bf16 or f32. By default what suits the workload.")
  var dtype: BenchType?

  @Option(help: "How many prompts the workload score reads.")
  var items: Int?

  @Option(help: "How many subjects the workload experiment makes.")
  var cells = 20

  @Option(help: "Threads that work.")
  var threads = 2

  @Option(
    help: "Seconds to keep looking for repetitions that nothing else on the machine disturbs.")
  var patience = 20.0

  @Option(
    name: .customLong("dir"), help: "Where models are made, and kept for the next time.",
    completion: .directory)
  var directory: String?

  @Option(help: "The sizes that are measured, separated by commas.")
  var sizes = BenchModel.all.map(\.name).joined(separator: ",")

  @Flag(help: "Make the models and inputs in --dir, and measure nothing.")
  var modelsOnly = false

  func validate() throws {
    guard (model == nil) == (inputs == nil) else {
      throw ValidationError("--model and --inputs go together.")
    }
    if threads < 1 { throw ValidationError("--threads must be at least 1.") }
    if cells < 1 { throw ValidationError("--cells must be at least 1.") }
    if let items, items < 1 { throw ValidationError("--items must be at least 1.") }
    if patience < 0 { throw ValidationError("--patience must not be negative.") }
    if model != nil, workload?.workload == nil {
      throw ValidationError("--model needs a workload.")
    }
    if modelsOnly, directory == nil || model != nil {
      throw ValidationError("--models-only needs --dir and takes no --model.")
    }
    do {
      _ = try models()
    } catch {
      throw ValidationError("--sizes: \(error).")
    }
  }

  private func models() throws(BenchError) -> [BenchModel] {
    var models: [BenchModel] = []
    for name in sizes.split(separator: ",") { models.append(try BenchModel.named(String(name))) }
    guard !models.isEmpty else { throw BenchError("found no size; allowed: one or more") }
    return models
  }

  func run() async throws {
    if workload == .limits {
      let limits = MachineLimits.measure(threads: threads)
      return try Console.say(json ? limits.json.text(indent: 0) : BenchTable.headline(limits))
    }
    if let model, let inputs, let workload = workload?.workload {
      return try measure(workload, model: model, inputs: inputs)
    }
    if let directory {
      try Storage.checkFolder(URL(fileURLWithPath: directory))
      return try await runSuite(in: URL(fileURLWithPath: directory))
    }
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "nosce-bench-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try await runSuite(in: folder)
  }

  private func measure(_ workload: Workload, model: String, inputs: String) throws {
    var request = BenchRequest(
      workload: workload, model: try ModelLocator.place(model, option: "--model").files.url,
      inputs: URL(fileURLWithPath: inputs))
    request.precision = dtype?.precision
    request.items = items
    request.cells = cells
    request.threads = threads
    request.patience = patience
    let result = try BenchRunner(request, program: "nosce \(Version.text)").run()
    try Console.say(result.text(indent: json ? 0 : 2))
  }

  private func runSuite(in folder: URL) async throws {
    let maker = ModelMaker(directory: folder, threads: threads)
    let models = try models()
    let suite = BenchSuite(
      program: try Self.program(), maker: maker, threads: threads, options: options)
    let cases = BenchCase.all(
      of: workload.flatMap(\.workload).map { [$0] } ?? Workload.allCases, on: models)
    let rows = try await Interruption.cleanly {
      try await Console.following { events in
        for (number, model) in models.enumerated() {
          events(
            .progress(label: "models", done: number, total: models.count, note: model.name))
          try maker.make(model)
          try Task.checkCancellation()
        }
        if modelsOnly { return (limits: nil, rows: []) as (MachineLimits?, [BenchSuite.Row]) }
        var limits = try await suite.limits()
        var rows: [BenchSuite.Row] = []
        for (number, benchCase) in cases.enumerated() {
          let name = "\(benchCase.workload.rawValue) \(benchCase.model.name)"
          events(.progress(label: "bench", done: number, total: cases.count, note: name))
          let row = try await suite.run(benchCase)
          rows.append(row)
          // Each process measures the peaks too; the highest are the machine's.
          if let seen = row.peaks(threads: threads) { limits = limits.merging(seen) }
        }
        return (limits, rows)
      }
    }
    guard let limits = rows.0 else {
      return try Console.say(models.map { maker.checkpoint(of: $0).path }.joined(separator: "\n"))
    }
    try report(rows.1, limits)
  }

  private func report(_ rows: [BenchSuite.Row], _ limits: MachineLimits) throws {
    if json {
      try Console.say(limits.json.text(indent: 0))
      for case .success(let result) in rows.map(\.result) {
        try Console.say(result.text(indent: 0))
      }
    } else {
      try Console.say(BenchTable.headline(limits) + "\n\n" + BenchTable.text(rows, limits))
    }
    let failures = rows.compactMap { row -> String? in
      guard case .failure(let error) = row.result else { return nil }
      return "\(row.benchCase.workload.rawValue) \(row.benchCase.model.name): \(error)"
    }
    if !failures.isEmpty { throw BenchError(failures.joined(separator: "\n")) }
  }

  /// Options that every case is run with.
  private var options: [String] {
    var options = ["--cells", String(cells), "--patience", String(patience)]
    if let dtype { options += ["--dtype", dtype.rawValue] }
    return options
  }

  /// This program, wherever it lies.
  private static func program() throws -> URL {
    guard let url = ProgramStart.executable else {
      throw BenchError("found no path of the running program; allowed: a program on disk")
    }
    return url
  }
}

/// A workload, or the machine's limits.
enum BenchChoice: String, ExpressibleByArgument, CaseIterable {
  case lora, full, sample, single, score, experiment, limits

  var workload: Workload? { Workload(rawValue: rawValue) }
}

/// A precision by its short name.
enum BenchType: String, ExpressibleByArgument, CaseIterable {
  case bf16, f32

  var precision: Precision { self == .bf16 ? .bfloat16 : .float32 }
}
