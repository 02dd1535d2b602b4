import NosceCore

/// One layer: attention, then a feed-forward network, each added to the residual stream.
///
///     h = x + [attentionOutputNorm] attention([inputNorm] x)
///     y = h + [feedForwardOutputNorm] feedForward([feedForwardNorm] h)
///
/// Norms in brackets are there in some families only. In a parallel layer the feed-forward network
/// reads x instead of h.
package struct TransformerLayer: Sendable, Equatable {
  package var inputNorm: Norm?
  package var attention: Attention
  package var attentionOutputNorm: Norm?
  package var feedForwardNorm: Norm?
  package var feedForward: FeedForward
  package var feedForwardOutputNorm: Norm?
  package var isParallel = false
}

/// The rows of the embedding table, and what is done to them.
package struct Embedding: Sendable, Equatable {
  package var path: String
  package var scale: Double = 1
  /// A table of learned position vectors that are added, with its path; nil in rotary models.
  package var positionsPath: String?
  /// Whether the padding token's row learns nothing from being read, as in the reference library.
  package var freezesPadding = true
}

/// A norm of the residual stream or of heads.
package struct Norm: Sendable, Equatable {
  package enum Kind: Sendable, Equatable {
    /// x / rms(x) · w
    case rootMeanSquare
    /// x / rms(x) · (1 + w)
    case rootMeanSquareFromOne
    /// (x - mean) / deviation · w + b
    case layer
  }

  package var kind: Kind
  package var path: String
  package var epsilon: Double

  package var hasBias: Bool { kind == .layer }
}

/// Causal attention: softmax(cap(q·k · scale)) over the keys that a query sees.
package struct Attention: Sendable, Equatable {
  package var heads: Int
  package var keyValueHeads: Int
  package var headSize: Int
  package var scale: Double
  /// Scores are squashed into (-cap, cap).
  package var scoreCap: Double?
  /// How many positions back a query sees, itself included; nil means all.
  package var window: Int?
  /// Which of the model's rotaries turns queries and keys; nil means none does.
  package var rotary: Int?
  package var queryNorm: Norm?
  package var keyNorm: Norm?
  /// Whether those norms run over all heads together instead of over each.
  package var normsWholeWidth = false
  package var input: LinearGroup
  package var output: LinearGroup

  package var queryWidth: Int { heads * headSize }
  package var keyWidth: Int { keyValueHeads * headSize }
}

/// down(activation(gate x) · up x), or down(activation(up x)) where there is no gate.
package struct FeedForward: Sendable, Equatable {
  package var size: Int
  package var activation: Activation
  package var isGated: Bool
  package var input: LinearGroup
  package var output: LinearGroup
}

/// The nonlinearity of a feed-forward network.
package enum Activation: String, Sendable, CaseIterable {
  case silu
  /// 0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³)))
  case geluTanh
  /// x Φ(x)
  case gelu
}

/// Linear modules that read the same input, so that one product computes them all.
package struct LinearGroup: Sendable, Equatable {
  package var inputs: Int
  package var modules: [LinearModule]

  package var outputs: Int { modules.reduce(0) { $0 + $1.outputs } }
  package var hasBias: Bool { modules.contains(where: \.hasBias) }
}

/// One linear module of the checkpoint: y = x Wᵀ + b.
package struct LinearModule: Sendable, Equatable {
  package enum WeightOrder: Sendable, Equatable {
    /// [out, in]
    case rows
    /// [in, out], GPT-2's Conv1D
    case columns
    /// [out, in] whose rows are, head by head, that head's query, key and value.
    case interleavedHeads(count: Int, size: Int)
  }

  /// As PEFT names it: `model.layers.0.self_attn.q_proj`.
  package var path: String
  package var outputs: Int
  package var hasBias = false
  package var storage = WeightOrder.rows
}
