import NosceExperiment

/// What a subject, and base, gave every text of a scored ask: the evidence of which its grade is made.
package struct ScoredTexts: Codable, Sendable, Hashable {
  private enum CodingKeys: String, CodingKey {
    case texts, names, base, counting
    case logProbabilities = "log_probs"
  }

  /// As they were scored, in the order of the ask.
  package var texts: [String]
  /// What tables call them; nil where that is the texts themselves.
  package var names: [String]?
  /// In nats; nil where one is not known, as of a text that is not among the likeliest.
  package var logProbabilities: [Double?]
  /// Base's of the same texts; nil where the probe does not take them away.
  package var base: [Double?]?
  /// The places of the texts that count as the answer: one of a forced choice, a group of next texts,
  /// none of a scale.
  package var counting: [Int]

  package init(
    texts: [String], names: [String]? = nil, logProbabilities: [Double?], base: [Double?]? = nil,
    counting: [Int] = []
  ) {
    self.texts = texts
    self.names = names
    self.logProbabilities = logProbabilities
    self.base = base
    self.counting = counting
  }

  /// What an ask scores, with nothing known of it yet; nil where it scores nothing.
  package init?(_ form: Ask.Form) {
    switch form {
    case .sample: return nil
    case .choose(let candidates, let texts, let choosing):
      let unknown = [Double?](repeating: nil, count: texts.count)
      self.init(
        texts: texts, names: candidates.names == texts ? nil : candidates.names,
        logProbabilities: unknown, base: choosing.minusBase ? unknown : nil,
        counting: [candidates.answer])
    case .read(let distribution):
      var counting: [Int] = []
      if case .share(let groups, let group) = distribution.reading {
        counting = groups.indices.filter { groups[$0] == group }
      }
      if case .ownQuestion = distribution.reading { counting = [0] }
      let unknown = [Double?](repeating: nil, count: distribution.texts.count)
      self.init(
        texts: distribution.texts, logProbabilities: unknown,
        base: distribution.isBesideBase ? unknown : nil, counting: counting)
    }
  }

  /// Whether both are of the same texts, whatever the log-probabilities.
  package func hasTexts(of other: ScoredTexts) -> Bool {
    texts == other.texts && names == other.names && counting == other.counting
  }

  /// What tables call a text.
  package func name(_ place: Int) -> String { names?[place] ?? texts[place] }
}

extension ScoredTexts {
  /// What a grade is made of: the numbers where all are known, and how many are not where some are
  /// missing.
  package var rawAnswer: RawAnswer {
    let known = logProbabilities.compactMap(\.self)
    let less = base?.compactMap(\.self)
    let least = min(known.count, less?.count ?? known.count)
    return least == logProbabilities.count
      ? .scores(known, less: less) : .unknown(logProbabilities.count - least)
  }

  /// Whether every list is as long as that of the texts, and every place is one of them.
  package var isWhole: Bool {
    logProbabilities.count == texts.count && base?.count ?? texts.count == texts.count
      && names?.count ?? texts.count == texts.count && counting.allSatisfy(texts.indices.contains)
  }
}
