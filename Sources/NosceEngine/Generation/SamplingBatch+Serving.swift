import NosceCore

extension SamplingBatch {
  /// Continues what comes until nothing will; the jobs' listeners hear of it.
  func serve(_ waiting: WaitingJobs) {
    while let jobs = waiting.take(room: Self.width - active.count, isIdle: active.isEmpty) {
      for job in jobs where job.listener?.isGone == false { join(job) }
      leave()
      if active.isEmpty {
        lastPrompt = nil
        continue
      }
      let generators = active.map(\.generator)
      do {
        try advance { $0.job.listener?.ended($1, $2) }
      } catch let failure as FailedStep {
        undo(failure, generators)
      } catch {
        // Nothing else is thrown without a constraint, and none is served with one.
        for sequence in active { sequence.job.listener?.failed(EngineError("\(error)")) }
        active = []
      }
    }
  }

  private func join(_ job: SamplingJob) {
    do {
      if let admitted = try admit(0, job) {
        insert(admitted)
      } else {
        job.listener?.ended(.length, nil)
      }
    } catch {
      job.listener?.failed(error as? EngineError ?? EngineError("\(error)"))
    }
  }

  /// Drops the sequences that nobody waits for any longer.
  private func leave() {
    guard active.contains(where: { $0.job.listener?.isGone == true }) else { return }
    for sequence in active where sequence.job.listener?.isGone == true { keep(sequence.cache) }
    active.removeAll { $0.job.listener?.isGone == true }
  }

  /// Drops the sequence that failed and takes the step back for the others, as though it had not been
  /// taken.
  private func undo(_ failure: FailedStep, _ generators: [SeededGenerator]) {
    for index in active.indices {
      active[index].generator = generators[index]
      active[index].cache.count -= 1
    }
    let failed = active.remove(at: failure.index)
    keep(failed.cache)
    failed.job.listener?.failed(failure.error)
  }

  /// Reads a prompt and says how likely each of its tokens is behind those before it.
  func reportPrompt(
    _ tokens: [Int32], _ adapter: AdapterOperands?, likeliest: Int
  ) throws -> [TokenReport] {
    let cache = KeyValueCache(model.configuration, capacity: tokens.count)
    let count = tokens.count - 1
    var reports = [TokenReport?](repeating: nil, count: count)
    if count > 0 {
      var batch = InferenceBatch()
      batch.append(tokens.dropLast(), behind: cache, length: tokens.count, adapter: adapter)
      let vocabulary = model.configuration.vocabularySize
      do throws(UnfiniteLogit) {
        try pass.run(batch, keeping: true, rows: (0..<Int32(count)).map { $0 }) { first, logits in
          reports.withUnsafeMutableBufferPointer { reports in
            team.split(logits.rows) { range in
              for row in range {
                reports[first + row] = TokenReport(
                  tokens[first + row + 1], logits.row(row), vocabulary, likeliest: likeliest)
              }
            }
          }
        }
      } catch {
        throw model.failure(
          error, "the prompt, behind token \(error.row + 1)", hasAdapter: adapter != nil)
      }
    }
    lastPrompt = ReadPrompt(
      tokens: tokens[...], length: tokens.count, adapter: adapter, cache: cache)
    return reports.compactMap(\.self)
  }
}
