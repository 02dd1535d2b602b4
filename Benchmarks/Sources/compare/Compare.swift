import ArgumentParser
import Foundation

/// Runs Nosce and its peers side by side and prints how they compare.
@main
struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure nosce and its peers in the same minutes, and compare.",
    discussion: """
      Every measurement is a process of its own. The programs of one workload and size run one after \
      another, and each further round runs them in the opposite order, so that all of them meet the \
      same state of the machine. Exit code 1 when results disagree, whatever the speed.
      """)

  @Option(help: "The nosce that is measured.")
  var nosce: String?

  @Option(help: "A Python that has torch, transformers and peft.")
  var python = "python3"

  @Option(help: "The folder of peer.py.")
  var peers = "Benchmarks/peers"

  @Option(help: "A folder of llama.cpp's tools; by default they are looked for on the PATH.")
  var llama: String?

  @Option(help: "The folder of models; what is missing is made there.")
  var models = "bench-models"

  @Option(help: "Sizes, separated by commas.")
  var sizes = "tiny,small,smol135,qwen05"

  @Option(help: "Workloads, separated by commas.")
  var workloads = Case.workloads.joined(separator: ",")

  @Option(help: "How often everything is measured.")
  var rounds = 1

  @Option(help: "Threads of every program.")
  var threads = 2

  @Option(help: "Seconds that each program looks for undisturbed repetitions.")
  var patience = 20.0

  @Option(help: "Subjects that the Python peers make in the workload experiment; nosce makes 20.")
  var peerCells = 2

  @Option(help: "What every program may use: all, or avx2, and so products in 32 bits only.")
  var isa = Instructions.all

  @Flag(help: "Also measure the peers' slow ways: whole sequences, one question at a time.")
  var slow = false

  @Option(help: "Where each result is added as a line of JSON.")
  var out = "bench-results.jsonl"

  @Option(help: "Print the comparison of an earlier results file, and measure nothing.")
  var table: String?

  func validate() throws {
    if rounds < 1 { throw ValidationError("--rounds must be at least 1.") }
    if table == nil, nosce == nil { throw ValidationError("--nosce names the program.") }
    for name in workloads.split(separator: ",") where !Case.workloads.contains(String(name)) {
      throw ValidationError(
        "--workloads: found '\(name)'; allowed: \(Case.workloads.joined(separator: ", "))")
    }
    for name in sizes.split(separator: ",") where !Case.sizes.contains(String(name)) {
      throw ValidationError(
        "--sizes: found '\(name)'; allowed: \(Case.sizes.joined(separator: ", "))")
    }
  }

  func run() throws {
    let comparison: Comparison
    if let table {
      comparison = Comparison(try Results.read(URL(fileURLWithPath: table)))
    } else {
      comparison = Comparison(try measure())
    }
    print(comparison.text)
    if !comparison.disagreements.isEmpty { throw ExitCode.failure }
  }

  private func measure() throws -> [Measurement] {
    guard let nosce else { throw ValidationError("--nosce names the program.") }
    let programs = Programs(
      nosce: URL(fileURLWithPath: nosce), python: python,
      peer: URL(fileURLWithPath: peers).appendingPathComponent("peer.py"), llama: llama,
      models: URL(fileURLWithPath: models), threads: threads, patience: patience,
      peerCells: peerCells, instructions: isa)
    let available = try programs.available()
    for line in available.missing { note("missing: \(line)") }
    try programs.makeModels(sizes: sizes)
    let results = try Results(file: URL(fileURLWithPath: out))
    let cases = Case.all(
      workloads: workloads.split(separator: ",").map(String.init),
      sizes: sizes.split(separator: ",").map(String.init))
    var measured: [Measurement] = []
    for round in 0..<rounds {
      for one in cases {
        let contestants = one.contestants(slow: slow, with: isa).filter { available.has($0) }
        for contestant in round % 2 == 0 ? contestants : contestants.reversed() {
          let outcome = programs.run(contestant, one)
          note("\(one.workload) \(one.size) \(contestant): \(outcome.summary)")
          guard case .success(let line) = outcome else { continue }
          try results.append(line)
          measured.append(try Measurement(line: line))
        }
      }
    }
    return measured
  }

  private func note(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }
}
