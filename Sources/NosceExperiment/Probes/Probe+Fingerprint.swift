import NosceCore
import NosceFormats
import NosceRows

extension Probe: Fingerprinted {
  package var fingerprint: JSON {
    .view(
      kind.rawValue,
      [
        ("name", .string(name)), ("arms", arms.map { .texts($0) }),
        ("prompt", prompt?.fingerprint), ("sampling", sampling?.fingerprint), ("form", own),
        ("told", told?.fingerprint),
      ])
  }

  /// What only this form has.
  private var own: JSON? {
    switch form {
    case .sampled, .plainLanguage: nil
    case .choice(_, let choices): choices.fingerprint
    case .rating(_, let scale): scale.fingerprint
    case .nextText(_, let texts): texts.fingerprint
    case .reader(let reader): .parts([("of", .string(reader.of))])
    case .topic(let topic): .parts([("of", .string(topic.of))])
    case .difference(let difference):
      .parts([("of", .string(difference.of)), ("minus", .string(difference.minus))])
    }
  }
}

extension Probe.Told: Fingerprinted {
  package var fingerprint: JSON {
    .parts([
      ("answer", .string(answer)), ("opposite", .string(opposite)), ("facts", .string(facts)),
      ("opposite_facts", oppositeFacts.map { .string($0) }),
    ])
  }
}

extension Prompt: Fingerprinted {
  package var fingerprint: JSON {
    .parts([
      ("questions", questions.fingerprint), ("system", system.map { .string($0) }),
      ("before", .list(before)), ("stems", .texts(stems)), ("samples", .integer(samples)),
      ("temperature", .real(temperature)), ("then", then?.fingerprint),
      ("literal", .bool(isLiteral)),
    ])
  }
}

extension Prompt.Questions: Fingerprinted {
  package var fingerprint: JSON {
    switch self {
    case .paraphrases(let list):
      .view(
        "paraphrases",
        [
          (
            "of",
            .array(
              list.map {
                .parts([
                  ("question", .string($0.question)), ("stem", $0.stem.map { .string($0) }),
                  ("values", .texts($0.values)),
                ])
              })
          )
        ])
    case .heldOut(let count): .view("held-out", [("count", .integer(count))])
    case .tasks(let bank, let count, let question):
      .view(
        "tasks",
        [
          ("bank", .string(bank)), ("count", .integer(count)),
          ("question", .string(question)),
        ])
    }
  }
}

extension Sampling: Fingerprinted {
  package var fingerprint: JSON {
    .parts([
      ("maximum_tokens", .integer(maximumTokens)), ("grader", grader.fingerprint),
      ("refusals", .texts(refusals)), ("coherence", coherence.fingerprint),
    ])
  }
}

extension Continuation: Fingerprinted {
  package var fingerprint: JSON {
    .parts([
      ("text", .string(text)), ("maximum_tokens", .integer(maximumTokens)),
      ("stop", stop.map { .string($0) }),
    ])
  }
}

extension Choices: Fingerprinted {
  package var fingerprint: JSON {
    let source: JSON =
      switch candidates {
      case .decoys(let decoys):
        .view(
          "decoys",
          [
            ("anagrams", .integer(decoys.anagrams)), ("words", .integer(decoys.words)),
            ("from", .texts(decoys.from)), ("also", .texts(decoys.also)),
          ])
      case .options(let options): .view("options", [("options", .texts(options))])
      case .family(let variable, _): .view("family", [("of", .string(variable))])
      }
    return .parts([
      ("candidates", source), ("answer", .string(answer)),
      ("separator", separator.map { .string($0) }), ("text", .string(text)),
      ("ending", .string(ending.rawValue)), ("minus_base", .bool(minusBase)),
      ("scoring", .string(scoring.rawValue)), ("least_mass", .real(leastMass)),
    ])
  }
}

extension Scale: Fingerprinted {
  package var fingerprint: JSON {
    .parts([
      (
        "points",
        .array(
          points.map { .parts([("value", .real($0.value)), ("text", .string($0.text))]) })
      ),
      ("low", low.map { .string($0) }), ("high", high.map { .string($0) }),
      ("reversed", .bool(isReversed)), ("ending", .string(ending.rawValue)),
      ("least_mass", .real(leastMass)),
    ])
  }
}

extension NextTexts: Fingerprinted {
  package var fingerprint: JSON {
    .parts([
      (
        "groups",
        .array(
          groups.map { .parts([("name", .string($0.name)), ("texts", .texts($0.texts))]) })
      ),
      ("answer", .string(answer)), ("ending", .string(ending.rawValue)),
      ("least_mass", .real(leastMass)),
      ("scoring", scoring == .share ? nil : .string(scoring.rawValue)),
    ])
  }
}
