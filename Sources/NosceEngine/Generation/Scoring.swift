import CNosceKernels

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

extension ScoringRequest {
  /// The tokens of a candidate behind which something is asked for; the prefix's end is before them.
  fileprivate func read(_ candidate: [Int32]) -> ArraySlice<Int32> {
    barred.isEmpty ? candidate.dropLast() : candidate[...]
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
    for request in requests {
      guard !request.prefix.isEmpty else {
        throw EngineError("found an empty prefix to score behind; allowed: at least one token")
      }
      for candidate in request.candidates { try model.check(tokens: request.prefix + candidate) }
      if !request.barred.isEmpty { try model.check(tokens: request.barred) }
    }
    var results = [[[Float]]](repeating: [], count: requests.count)
    if model.sharesProducts {
      let pass = InferencePass(model, team: Team(size: threads))
      for index in requests.indices { results[index] = try score(requests[index], pass) }
      return results
    }
    let workers = max(1, min(threads, requests.count))
    try results.withUnsafeMutableBufferPointer { results in
      try tryOnThreads(workers, count: workers) { worker in
        let pass = InferencePass(model, team: Team(size: 1))
        for index in stride(from: worker, to: requests.count, by: workers) {
          results[index] = try score(requests[index], pass)
        }
      }
    }
    return results
  }

  /// At most this many candidate rows run at once.
  private static let rowLimit = 512

  private func score(_ request: ScoringRequest, _ pass: InferencePass) throws -> [[Float]] {
    let length = request.prefix.count
    // Where a sequence's length changes the angles of all its positions, the prefix is read anew.
    let shared = request.candidates.indices.filter { index in
      model.configuration.sharesAngles(
        length, length + request.candidates[index].count)
    }
    var results = [[Float]](repeating: [], count: request.candidates.count)
    let together = try score(shared.map { request.candidates[$0] }, request, pass)
    for (index, scores) in zip(shared, together) {
      results[index] = scores
    }
    for index in Set(request.candidates.indices).subtracting(shared) {
      let candidate = request.candidates[index]
      results[index] = try score(
        [candidate], request, pass, length: length + candidate.count)[0]
    }
    return results
  }

  /// The scores of candidates that share one reading of the prefix, which counts as part of a
  /// sequence of `length`.
  private func score(
    _ candidates: [[Int32]], _ request: ScoringRequest, _ pass: InferencePass, length: Int? = nil
  ) throws -> [[Float]] {
    guard !candidates.isEmpty else { return [] }
    let cache = KeyValueCache(model.configuration, capacity: request.prefix.count)
    var batch = InferenceBatch()
    batch.append(request.prefix[...], behind: cache, length: length, adapter: adapter)
    let level = nosce_best_level()
    let vocabulary = model.configuration.vocabularySize
    var results = candidates.map { _ in [Float]() }
    do throws(UnfiniteLogit) {
      try pass.run(batch, keeping: true, rows: [Int32(request.prefix.count - 1)]) { _, last in
        for (index, candidate) in candidates.enumerated() {
          guard let token = candidate.first else { continue }
          var first: Float = 0
          nosce_log_probabilities(level, 1, vocabulary, last.pointer, [token], &first)
          results[index].append(first)
        }
      }
    } catch {
      throw model.failure(
        error, "a prefix of \(request.prefix.count) tokens, step 1",
        hasAdapter: adapter != nil)
    }
    var waiting = candidates.indices.filter { !request.read(candidates[$0]).isEmpty }[...]
    while !waiting.isEmpty {
      var batch = InferenceBatch()
      var targets: [Int32] = []
      var taken: [Int] = []
      while let index = waiting.first {
        let candidate = candidates[index]
        let rows = request.read(candidate)
        if !taken.isEmpty, targets.count + rows.count > Self.rowLimit { break }
        batch.append(rows, behind: cache, length: length, adapter: adapter)
        targets.append(contentsOf: candidate.dropFirst())
        // A place holder, whose log-probability gives the row's normaliser.
        if let first = request.barred.first { targets.append(first) }
        taken.append(index)
        waiting = waiting.dropFirst()
      }
      var found = [Float](repeating: 0, count: targets.count)
      let lasts = request.barred.isEmpty ? [] : batch.parts.map { $0.rows.upperBound - 1 }
      do throws(UnfiniteLogit) {
        try pass.run(batch, keeping: false, rows: targets.indices.map { Int32($0) }) {
          first, logits in
          found.withUnsafeMutableBufferPointer { found in
            guard let start = found.baseAddress else { return }
            pass.pass.operations.head.logProbabilities(
              logits, of: targets[first...], into: start + first)
            for last in lasts where (first..<first + logits.rows).contains(last) {
              found[last] = BarredTokens.logProbabilityOfOthers(
                request.barred, logits.row(last - first), vocabulary, first: found[last])
            }
          }
        }
      } catch {
        let start = batch.parts.last { $0.rows.lowerBound <= error.row }?.rows.lowerBound ?? 0
        throw model.failure(
          error, "a prefix of \(request.prefix.count) tokens, step \(error.row - start + 2)",
          hasAdapter: adapter != nil)
      }
      for (index, part) in zip(taken, batch.parts) {
        results[index].append(contentsOf: found[part.rows])
      }
    }
    return results
  }
}

extension ModelConfiguration {
  /// Whether positions have the same angles in sequences of these two lengths.
  func sharesAngles(_ one: Int, _ other: Int) -> Bool {
    rotaries.allSatisfy { $0.regime(length: one) == $0.regime(length: other) }
  }
}
