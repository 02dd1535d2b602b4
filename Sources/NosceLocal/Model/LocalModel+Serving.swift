import NosceEngine
import NosceTokenizer

/// What a server needs beside the ports: the weights, and how texts become tokens.
extension LocalModel {
  package var weights: LanguageModel { checkpoint.model }
  package var text: CheckpointText { checkpoint.text }

  /// How many threads a loop of sampling has: those of all lanes, or of a large model's products.
  package var threads: Int { max(lanes, checkpoint.threads) }
}
