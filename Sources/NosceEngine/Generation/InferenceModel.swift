import CNosceKernels

/// A subject ready to be asked: a model, and the adapter that rides on its weights.
///
/// Its results never depend on what shares a batch: every product sums in one fixed order. It does
/// not change after `init`, so any number of threads may ask it.
package struct InferenceModel: Sendable {
  package let model: LanguageModel
  let adapter: AdapterOperands?

  /// How many answers are written side by side; others wait for a place.
  package static var mostAtATime: Int { SamplingBatch.width }

  /// `strength` scales everything that the adapter adds.
  package init(_ base: LanguageModel, adapter: LoRAAdapter? = nil, strength: Float = 1) throws {
    model = base
    self.adapter = try adapter.map {
      try AdapterOperands($0, precision: base.precision, strength: strength)
    }
  }
}

extension LanguageModel {
  /// Whether several threads work on one product rather than on different sequences: those of a
  /// large model would each stream all of its weights from memory.
  package var sharesProducts: Bool { Self.sharesProducts(packedBytes: packedBytes) }

  static func sharesProducts(packedBytes: Int) -> Bool { packedBytes > 8 << 20 }
}

extension ModelConfiguration {
  /// How much memory it takes to ask about a text of so many tokens, beside the weights: its keys and
  /// values as it was read and in the sequence that goes on from there, and the pass that reads it
  /// whole.
  package func askingBytes(_ precision: Precision, tokens: Int) -> Int {
    let pass = TransformerPass(sizesOf: self, precision, keepsTraces: false)
    return 2 * KeyValueCache.byteCount(self, capacity: tokens) + pass.askingBytes(rows: tokens)
  }
}
