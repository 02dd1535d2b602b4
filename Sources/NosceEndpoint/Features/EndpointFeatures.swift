import NosceFormats

/// What a server was found to do.
package struct EndpointFeatures: Sendable, Hashable {
  /// The key for the most tokens of an answer.
  package enum LimitKey: String, Sendable {
    case old = "max_tokens"
    case new = "max_completion_tokens"
  }

  /// What has to be said so that answers are drawn from the whole distribution.
  package enum Samplers: String, Sendable, CaseIterable {
    /// The way of vLLM and llama-server.
    case zero
    /// The way of SGLang.
    case minusOne
    /// Nothing can be said: what the server does beside `top_p` is its own.
    case unsaid

    var members: [(key: String, value: JSON)] {
      switch self {
      case .zero:
        [("top_k", .integer(0)), ("min_p", .integer(0)), ("repetition_penalty", .integer(1))]
      case .minusOne:
        [("top_k", .integer(-1)), ("min_p", .integer(0)), ("repetition_penalty", .integer(1))]
      case .unsaid: []
      }
    }
  }

  /// How the log-probability of a given text is had.
  package enum Exact: Sendable, Hashable {
    /// `prompt_logprobs` of a chat that goes on.
    case chat
    /// The prompt's tokens, and `echo` of completions.
    case echo(Rendering)
  }

  /// How the tokens of a rendered conversation are had.
  package enum Rendering: Sendable, Hashable {
    /// `/tokenize` with messages.
    case tokenize
    /// In a reply, where asked for under this key.
    case returned(String)
  }

  /// How a server is told to load an adapter while it runs.
  package enum AdapterLoading: Sendable, Hashable {
    /// The way of vLLM: below `/v1`, asked by the adapter's name.
    case below
    /// The way of SGLang: beside `/v1`, asked by both names with a colon between them.
    case beside
  }

  package var limitKey = LimitKey.old
  package var samplers = Samplers.unsaid
  package var samples = false
  /// Whether drawn answers differ at all.
  package var varies = false
  /// Whether the same seed gives the same answer.
  package var seeds = false
  /// Whether answers can be begun.
  package var goesOn = false
  /// How many of the likeliest tokens it names; 0 for none.
  package var top = 0
  package var exact: Exact?
  /// How many answers one request may take.
  package var choices = 1
  /// How adapters are loaded while it runs; nil where they cannot be.
  package var loading: AdapterLoading?
  /// Whether it fine-tunes.
  package var jobs = false
  /// Whether a fine-tuning takes every setting that a plan has.
  package var recipes = false

  /// Keeps what a server has cached of one adapter from another, where it has several: those that load
  /// adapters while they run (vLLM, SGLang) take it.
  func salt(of model: String) -> [(key: String, value: JSON)] {
    loading == nil ? [] : [("cache_salt", .string(model))]
  }

  package init() {}
}
