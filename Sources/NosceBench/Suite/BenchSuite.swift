import Foundation
import NosceFormats

/// Runs cases one after another, each in a process of its own, so that one's memory is not
/// another's peak.
package struct BenchSuite: Sendable {
  package struct Row: Sendable {
    package var benchCase: BenchCase
    /// What the process printed, or why there is nothing.
    package var result: Result<JSON, BenchError>

    package init(benchCase: BenchCase, result: Result<JSON, BenchError>) {
      self.benchCase = benchCase
      self.result = result
    }

    /// The arithmetic peaks that the process measured.
    package func peaks(threads: Int) -> MachineLimits? {
      guard case .success(let json) = result,
        let float32 = json.object?["f32_peak_gflop_s"]?.number
      else { return nil }
      return MachineLimits(
        threads: threads, float32Peak: float32 * 1e9,
        bfloat16Peak: json.object?["bf16_peak_gflop_s"]?.number.map { $0 * 1e9 },
        readBandwidth: [:])
    }
  }

  private let program: URL
  private let maker: ModelMaker
  /// What every case is run with besides its workload and model.
  private let options: [String]
  private let threads: Int

  /// - Parameters:
  ///   - program: the `nosce` that is run.
  ///   - maker: the folder of models.
  ///   - options: further options of each run, such as the precision.
  package init(program: URL, maker: ModelMaker, threads: Int, options: [String]) {
    self.program = program
    self.maker = maker
    self.threads = threads
    self.options = options
  }

  package func limits() async throws -> MachineLimits {
    let outcome = try await ChildProcess.run(
      program, ["bench", "limits", "--json", "--threads", String(threads)])
    return try MachineLimits(try outcome.json())
  }

  package func run(_ benchCase: BenchCase) async throws -> Row {
    var arguments = [
      "bench", benchCase.workload.rawValue,
      "--model", maker.checkpoint(of: benchCase.model).path,
      "--inputs", maker.inputs(of: benchCase.model).path, "--json", "--threads", String(threads),
    ]
    if let items = benchCase.items { arguments += ["--items", String(items)] }
    let outcome = try await ChildProcess.run(program, arguments + options)
    do {
      return Row(benchCase: benchCase, result: .success(try outcome.json()))
    } catch {
      return Row(benchCase: benchCase, result: .failure(error))
    }
  }
}
