import CNosceKernels

/// Scores requests one after another: what a prefix has in common with the one before is not read again.
///
/// One thread at a time; its threads share each product of a large model.
package final class ScoringSession {
  private let subject: InferenceModel
  private let pass: InferencePass
  private var last: ReadPrompt?

  private var model: LanguageModel { subject.model }
  private var adapter: AdapterOperands? { subject.adapter }

  package init(_ subject: InferenceModel, threads: Int) {
    self.subject = subject
    pass = InferencePass(subject.model, team: Team(size: threads))
  }

  /// log p of every token of every candidate, given the prefix and the candidate's earlier tokens, as
  /// ``InferenceModel/logProbabilities(_:threads:)`` gives them.
  package func logProbabilities(_ request: ScoringRequest) throws -> [[Float]] {
    try subject.check(request)
    return try score(request)
  }

  /// At most this many candidate rows run at once.
  private static let rowLimit = 512

  private func score(_ request: ScoringRequest) throws -> [[Float]] {
    let length = request.prefix.count
    // Where a sequence's length changes the angles of all its positions, the prefix is read anew.
    let shared = request.candidates.indices.filter { index in
      model.configuration.sharesAngles(
        length, length + request.candidates[index].count)
    }
    var results = [[Float]](repeating: [], count: request.candidates.count)
    let together = try score(shared.map { request.candidates[$0] }, request)
    for (index, scores) in zip(shared, together) {
      results[index] = scores
    }
    for index in Set(request.candidates.indices).subtracting(shared) {
      let candidate = request.candidates[index]
      results[index] = try score(
        [candidate], request, length: length + candidate.count)[0]
    }
    return results
  }

  /// The scores of candidates that share one reading of the prefix, which counts as part of a
  /// sequence of `length`.
  private func score(
    _ candidates: [[Int32]], _ request: ScoringRequest, length: Int? = nil
  ) throws -> [[Float]] {
    guard !candidates.isEmpty else { return [] }
    let cache = ReadPrompt.cache(
      for: request.prefix[...], length: length ?? request.prefix.count,
      capacity: request.prefix.count, adapter: adapter, behind: last, model.configuration)
    var batch = InferenceBatch()
    let unread = request.prefix.dropFirst(cache.count)
    batch.append(unread, behind: cache, length: length, adapter: adapter)
    let level = nosce_best_level()
    let vocabulary = model.configuration.vocabularySize
    var results = candidates.map { _ in [Float]() }
    do throws(UnfiniteLogit) {
      try pass.run(batch, keeping: true, rows: [Int32(unread.count - 1)]) { _, last in
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
    last = ReadPrompt(
      tokens: request.prefix[...], length: length ?? request.prefix.count, adapter: adapter,
      cache: cache)
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

extension ScoringRequest {
  /// The tokens of a candidate behind which something is asked for; the prefix's end is before them.
  fileprivate func read(_ candidate: [Int32]) -> ArraySlice<Int32> {
    barred.isEmpty ? candidate.dropLast() : candidate[...]
  }
}
