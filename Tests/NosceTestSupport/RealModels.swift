/// The pretrained models and vocabularies that `make real-models` fetches.
package enum RealModels {
  /// SmolLM2-135M-Instruct, with a chat template.
  package static let smolLM2 = OptionalInput(
    name: "SmolLM2-135M-Instruct", variable: "NOSCE_SMOLLM2",
    default: "Benchmarks/.models/SmolLM2-135M-Instruct.Q4_1.gguf", toHave: "make real-models")

  /// Gemma 3 270M, a base model without a chat template.
  package static let gemma3 = OptionalInput(
    name: "Gemma 3 270M", variable: "NOSCE_GEMMA3",
    default: "Benchmarks/.models/gemma-3-270m.Q4_K_M.gguf",
    toHave: "make real-models ACCEPT_GEMMA_TERMS=1")

  /// The folder of llama.cpp's `ggml-vocab-NAME.gguf`, with texts (`.inp`) and their ids (`.out`).
  package static let llamaVocabularies = OptionalInput(
    name: "llama.cpp's vocabularies", variable: "NOSCE_LLAMA_VOCAB",
    default: "Benchmarks/.models/llama-vocab", toHave: "make real-models")
}
