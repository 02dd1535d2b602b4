import NosceEngine

/// About how much memory a checkpoint takes that is not loaded, in bytes.
///
/// What the engine keeps beside the weights is asked of its own buffers. Meant to be right within a
/// third for a model of some size; `docs/commands.md` has it compared with what was measured.
package struct MemoryEstimate: Sendable {
  private let configuration: ModelConfiguration
  private let parameters: Int

  /// - Parameter parameters: the numbers that the checkpoint stores.
  package init(_ configuration: ModelConfiguration, parameters: Int) {
    self.configuration = configuration
    self.parameters = parameters
  }

  /// Beside the weights, the program and its libraries.
  private static let program = 40_000_000

  /// The one packed copy of the weights, whatever is trained or asked with it.
  private func weights(_ precision: Precision) -> Int {
    parameters * (precision == .float32 ? 4 : 2)
  }

  /// The weights, and what it takes to read so many tokens at once.
  package func asking(_ precision: Precision, tokens: Int) -> Int {
    Self.program + weights(precision) + configuration.askingBytes(precision, tokens: tokens)
  }

  /// A whole LoRA training of a given rank on every linear module.
  ///
  /// - Parameters:
  ///   - longest: the tokens of the longest row.
  ///   - step: the tokens of a whole step.
  package func training(
    _ precision: Precision, rank: Int, longest: Int, step: Int
  ) throws -> Int {
    let adapter = try AdapterLayout(
      AdapterConfiguration(rank: rank, alpha: 1, targets: .allLinear), model: configuration)
    let memory = TrainingMemory(
      configuration, precision, weights: weights(precision), adapter: adapter, longest: longest,
      step: step)
    return Self.program + memory.total
  }
}

extension LoRAAdapter {
  /// The numbers that a training changes.
  package var parameterCount: Int {
    checkpoint.modules.values.reduce(0) { $0 + $1.a.count + $1.b.count }
  }
}
