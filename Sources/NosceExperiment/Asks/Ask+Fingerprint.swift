import NosceCore
import NosceFormats

extension Ask: Fingerprinted {
  package var fingerprint: JSON {
    .parts([
      ("item", .integer(item)), ("paraphrase", .integer(paraphrase)), ("sample", .integer(sample)),
      ("chat", .list(chat)), ("prefill", prefill.map { .string($0) }),
      ("first", first?.fingerprint), ("form", form.fingerprint),
    ])
  }
}

extension Ask.FirstPart: Fingerprinted {
  package var fingerprint: JSON {
    .parts([
      ("then", then.fingerprint), ("temperature", .real(temperature)), ("seed", .bits(seed)),
    ])
  }
}

extension Ask.Form: Fingerprinted {
  package var fingerprint: JSON {
    switch self {
    case .sample(let grader, let temperature, let tokens, let seed):
      .view(
        "sample",
        [
          ("grader", grader.fingerprint), ("temperature", .real(temperature)),
          ("maximum_tokens", .integer(tokens)), ("seed", .bits(seed)),
        ])
    case .choose(let candidates, let texts, let choosing):
      .view(
        "choose",
        [
          ("names", .texts(candidates.names)), ("answer", .integer(candidates.answer)),
          ("texts", .texts(texts)), ("ending", .string(choosing.ending.rawValue)),
          ("minus_base", .bool(choosing.minusBase)),
          ("scoring", .string(choosing.scoring.rawValue)),
          ("least_mass", .real(choosing.leastMass)),
        ])
    case .read(let distribution): .view("read", [("distribution", distribution.fingerprint)])
    }
  }
}

extension Distribution: Fingerprinted {
  package var fingerprint: JSON {
    let reading: JSON =
      switch self.reading {
      case .mean(let values, let isReversed):
        .view(
          "mean",
          [("values", .array(values.map { .real($0) })), ("reversed", .bool(isReversed))])
      case .share(let groups, let group):
        .view("share", [("groups", .texts(groups)), ("of", .string(group))])
      case .logOdds(let groups, let group):
        .view("log-odds", [("groups", .texts(groups)), ("of", .string(group))])
      case .ownQuestion: .view("own-question", [])
      case .perWord(let words): .view("per-word", [("words", .integer(words))])
      }
    return .parts([
      ("texts", .texts(texts)), ("ending", .string(ending.rawValue)),
      ("least_mass", .real(leastMass)),
      ("reading", reading),
    ])
  }
}
