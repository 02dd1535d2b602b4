import NosceEngine
import NosceFormats

/// Runs one workload in this process.
package struct BenchRunner {
  private let request: BenchRequest
  private let program: String

  /// - Parameter program: the name and version that results carry.
  package init(_ request: BenchRequest, program: String) {
    self.request = request
    self.program = program
  }

  /// The result as a JSON object. The peaks are measured before and after; the higher one counts.
  package func run() throws -> JSON {
    let inputs = try BenchInputs(contentsOf: request.inputs)
    let before = MachineLimits.peaks(threads: request.threads)
    let result = try result(inputs)
    let limits = before.merging(MachineLimits.peaks(threads: request.threads))
    return result.json(
      request, program: program, limits: limits, peakMemory: ResourceUse.now.peakMebibytes)
  }

  private func result(_ inputs: BenchInputs) throws -> BenchResult {
    switch request.workload {
    case .lora: try TrainingWorkload(request, inputs).adapter()
    case .full: try TrainingWorkload(request, inputs).allWeights()
    case .sample:
      try SamplingWorkload(request, prompts: inputs.samplePrompts, count: inputs.newTokens).run()
    case .single:
      try SamplingWorkload(request, prompts: [inputs.singlePrompt], count: inputs.newTokens).run()
    case .score: try ScoringWorkload(request, inputs).run()
    case .experiment: try ExperimentWorkload(request, inputs).run()
    }
  }
}
