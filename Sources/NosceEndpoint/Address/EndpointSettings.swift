import Foundation
import NosceCore

/// How an endpoint is dealt with: how long, how often, how much at a time, at what price.
package struct EndpointSettings: Sendable, Hashable {
  /// How long is waited, in seconds.
  package struct Waits: Sendable, Hashable {
    package var connecting = 10.0
    /// From the request to the first byte of the reply, which comes when all of it is computed.
    package var firstByte = 600.0
    /// Between two pieces of a reply.
    package var silence = 60.0
    /// The longest that a server may ask for before it is asked again.
    package var longest = 300.0
    /// Before the second attempt, where the server says nothing; it doubles with each one.
    package var first = 0.5
  }

  /// How often one request is sent at most, for each kind of failure by itself.
  package struct Attempts: Sendable, Hashable {
    /// No connection, or one that broke off.
    package var connection = 6
    /// Nothing came in time.
    package var silence = 3
    /// 429 and 503: too much at a time.
    package var busy = 30
    /// The other statuses from 500 on.
    package var server = 6
    /// A reply that is no answer: cut off, malformed, or without what was asked for.
    package var malformed = 4

    package init() {}
  }

  /// How many requests are under way at a time.
  package struct Concurrency: Sendable, Hashable {
    package var least = 1
    package var most = 64

    package init(least: Int = 1, most: Int = 64) {
      self.least = least
      self.most = most
    }
  }

  /// What a million tokens cost.
  package struct Prices: Sendable, Hashable {
    package var input: Double
    package var output: Double
    /// Nil where none is given.
    package var training: Double?
    package var currency = "USD"

    package init(
      input: Double, output: Double, training: Double? = nil, currency: String = "USD"
    ) {
      self.input = input
      self.output = output
      self.training = training
      self.currency = currency
    }

    /// What so many tokens cost.
    package func cost(_ usage: TokenUsage) -> Double {
      (Double(usage.input) * input + Double(usage.output) * output) / 1e6
    }
  }

  /// What a server calls the folders of this machine that it shares.
  package struct AdapterPaths: Sendable, Hashable {
    package var here: String
    package var there: String

    package init(here: String, there: String) {
      self.here = here
      self.there = there
    }

    /// A folder as the server calls it.
    func there(_ folder: URL) throws -> String {
      let top = URL(fileURLWithPath: here, isDirectory: true).standardizedFileURL.pathComponents
      let parts = folder.standardizedFileURL.pathComponents
      guard parts.starts(with: top) else {
        throw LabError(
          .backend,
          "adapter_paths: found \(folder.path), which is not below \(here); allowed: runs in a folder "
            + "that the server shares")
      }
      let rest = parts.dropFirst(top.count).joined(separator: "/")
      return there.hasSuffix("/") ? there + rest : "\(there)/\(rest)"
    }
  }

  /// What given texts are measured by, at best.
  package enum Scoring: String, Sendable, CaseIterable {
    /// By their own log-probabilities, and by less where the server gives less.
    case exact
    /// By the likeliest tokens.
    case top
    /// By answers that are drawn.
    case drawn
  }

  package var waits = Waits()
  package var scoring = Scoring.exact
  /// Answers that are drawn where texts are measured by these; 0 for none.
  package var draws = 100
  package var attempts = Attempts()
  package var concurrency = Concurrency()
  /// The most bytes of one reply.
  package var replyBytes = 64 << 20
  package var prices: Prices?
  /// What the answers that one command pays for may cost together.
  package var mostCost: Double?
  /// The learning rate that a multiplier of 1 means where the endpoint fine-tunes; nil where that is
  /// not known.
  package var learningRate: Double?
  /// The same weights on this machine, as `--subject` would name them: adapters are trained with them and
  /// loaded by the server. Nil where the server fine-tunes, or nothing does.
  package var base: String?
  /// Nil where the server finds a folder of this machine under its own path.
  package var adapterPaths: AdapterPaths?
  /// Where answers are kept; nil for the usual folder.
  package var answers: String?

  package init() {}
}

/// Tokens that a server says it has read and written.
package struct TokenUsage: Sendable, Hashable {
  package var input: Int
  package var output: Int

  package init(input: Int = 0, output: Int = 0) {
    self.input = input
    self.output = output
  }

  package static func += (total: inout TokenUsage, part: TokenUsage) {
    total.input += part.input
    total.output += part.output
  }
}
