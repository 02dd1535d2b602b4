/// Candidate continuations of one prefix, whose log-probabilities are asked for.
package struct ScoringRequest: Sendable {
  package var prefix: [Int32]
  package var candidates: [[Int32]]
  /// Tokens that must not follow a candidate; empty where anything may.
  package var barred: [Int32]

  package init(prefix: [Int32], candidates: [[Int32]], barred: [Int32] = []) {
    self.prefix = prefix
    self.candidates = candidates
    self.barred = barred
  }
}

extension InferenceModel {
  /// log p of every token of every candidate, given the prefix and the candidate's earlier tokens.
  package func logProbabilities(
    prefix: [Int32], candidates: [[Int32]]
  ) throws -> [[Float]] {
    try logProbabilities([ScoringRequest(prefix: prefix, candidates: candidates)], threads: 1)[0]
  }

  /// The same for many prefixes, which the threads share out. The prefix is read once for all its
  /// candidates, which then run as one ragged batch behind it. Where tokens are barred, each candidate
  /// has one value more: log of the probability that none of them follows it.
  package func logProbabilities(
    _ requests: [ScoringRequest], threads: Int = 1
  ) throws -> [[[Float]]] {
    for request in requests { try check(request) }
    var results = [[[Float]]](repeating: [], count: requests.count)
    let workers = model.sharesProducts ? 1 : max(1, min(threads, requests.count))
    try results.withUnsafeMutableBufferPointer { results in
      try tryOnThreads(workers, count: workers) { worker in
        let session = ScoringSession(self, threads: model.sharesProducts ? threads : 1)
        for index in stride(from: worker, to: requests.count, by: workers) {
          results[index] = try session.logProbabilities(requests[index])
        }
      }
    }
    return results
  }

  func check(_ request: ScoringRequest) throws {
    guard !request.prefix.isEmpty else {
      throw EngineError("found an empty prefix to score behind; allowed: at least one token")
    }
    for candidate in request.candidates { try model.check(tokens: request.prefix + candidate) }
    if !request.barred.isEmpty { try model.check(tokens: request.barred) }
  }
}

extension ModelConfiguration {
  /// Whether positions have the same angles in sequences of these two lengths.
  func sharesAngles(_ one: Int, _ other: Int) -> Bool {
    rotaries.allSatisfy { $0.regime(length: one) == $0.regime(length: other) }
  }
}
