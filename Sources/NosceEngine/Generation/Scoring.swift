import CNosceKernels

/// Candidate continuations of one prefix, whose log-probabilities are asked for.
package struct ScoringRequest: Sendable {
  package var prefix: [Int32]
  package var candidates: [[Int32]]

  package init(prefix: [Int32], candidates: [[Int32]]) {
    self.prefix = prefix
    self.candidates = candidates
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
  /// candidates, which then run as one ragged batch behind it.
  package func logProbabilities(
    _ requests: [ScoringRequest], threads: Int = 1
  ) throws -> [[[Float]]] {
    for request in requests {
      guard !request.prefix.isEmpty else {
        throw EngineError("found an empty prefix to score behind; allowed: at least one token")
      }
      for candidate in request.candidates { try model.check(tokens: request.prefix + candidate) }
    }
    var results = [[[Float]]](repeating: [], count: requests.count)
    let workers = max(1, min(threads, requests.count))
    results.withUnsafeMutableBufferPointer { results in
      onThreads(workers, count: workers) { worker in
        let pass = InferencePass(self)
        for index in stride(from: worker, to: requests.count, by: workers) {
          results[index] = score(requests[index], pass)
        }
      }
    }
    return results
  }

  /// At most this many candidate rows run at once.
  private static let rowLimit = 192

  private func score(_ request: ScoringRequest, _ pass: InferencePass) -> [[Float]] {
    let cache = KeyValueCache(shape, capacity: request.prefix.count)
    var batch = InferenceBatch()
    batch.append(request.prefix[...], behind: cache)
    let last = pass.logits(batch, keeping: true, rows: [Int32(request.prefix.count - 1)])
    let level = nosce_best_level()
    var results = request.candidates.map { candidate -> [Float] in
      guard let token = candidate.first else { return [] }
      var first: Float = 0
      nosce_log_probabilities(level, 1, shape.vocabulary, last, [token], &first)
      return [first]
    }
    var waiting = request.candidates.indices.filter { request.candidates[$0].count > 1 }[...]
    while !waiting.isEmpty {
      var batch = InferenceBatch()
      var targets: [Int32] = []
      var taken: [Int] = []
      while let index = waiting.first {
        let candidate = request.candidates[index]
        if !taken.isEmpty, targets.count + candidate.count - 1 > Self.rowLimit { break }
        batch.append(candidate.dropLast(), behind: cache)
        targets.append(contentsOf: candidate.dropFirst())
        taken.append(index)
        waiting = waiting.dropFirst()
      }
      let logits = pass.logits(
        batch, keeping: false, rows: (0..<targets.count).map { Int32($0) })
      var found = [Float](repeating: 0, count: targets.count)
      nosce_log_probabilities(level, targets.count, shape.vocabulary, logits, targets, &found)
      for (index, part) in zip(taken, batch.parts) {
        results[index].append(contentsOf: found[part.rows])
      }
    }
    return results
  }
}
