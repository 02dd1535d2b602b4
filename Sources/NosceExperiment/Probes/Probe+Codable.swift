import NosceCore

/// As plans have probes since the schema `nosce-plan-2`: the kind, and beside it the settings of that
/// kind.
extension Probe: Codable {
  private enum Key: String, CodingKey {
    case name, kind, note, arms, told
    case questions, system, before, stems, samples, temperature, then, isLiteral
    case maximumTokens, grader, refusals, coherence
    case choices, scale, next, of, difference
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    name = try container.decode(String.self, forKey: .name)
    note = try container.decodeIfPresent(String.self, forKey: .note)
    arms = try container.decodeIfPresent([String].self, forKey: .arms)
    told = try container.decodeIfPresent(Told.self, forKey: .told)
    let kind = try container.decode(ProbeKind.self, forKey: .kind)
    func prompt() throws -> Prompt {
      Prompt(
        try container.decode(Prompt.Questions.self, forKey: .questions),
        system: try container.decodeIfPresent(String.self, forKey: .system),
        before: try container.decode(Chat.self, forKey: .before),
        stems: try container.decode([String].self, forKey: .stems),
        samples: try container.decode(Int.self, forKey: .samples),
        temperature: try container.decode(Double.self, forKey: .temperature),
        then: try container.decodeIfPresent(Continuation.self, forKey: .then),
        isLiteral: try container.decode(Bool.self, forKey: .isLiteral))
    }
    func sampling(_ purpose: Sampling.Purpose) throws -> Sampling {
      Sampling(
        purpose, grader: try container.decode(Grader.self, forKey: .grader),
        maximumTokens: try container.decode(Int.self, forKey: .maximumTokens),
        refusals: try container.decode([String].self, forKey: .refusals),
        coherence: try container.decode(Coherence.self, forKey: .coherence))
    }
    switch kind {
    case .behaviour: form = .sampled(try prompt(), try sampling(.behaviour))
    case .freeForm: form = .sampled(try prompt(), try sampling(.freeForm))
    case .forcedChoice:
      form = .choice(try prompt(), try container.decode(Choices.self, forKey: .choices))
    case .rating: form = .rating(try prompt(), try container.decode(Scale.self, forKey: .scale))
    case .nextToken:
      form = .nextText(try prompt(), try container.decode(NextTexts.self, forKey: .next))
    case .outsideReader:
      form = .reader(
        Reader(
          of: try container.decode(String.self, forKey: .of), prompt: try prompt(),
          sampling: try sampling(.freeForm)))
    case .topic:
      form = .topic(
        Topic(of: try container.decode(String.self, forKey: .of), prompt: try prompt()))
    case .plainLanguage: form = .plainLanguage(try prompt())
    case .difference:
      form = .difference(try container.decode(Difference.self, forKey: .difference))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(name, forKey: .name)
    try container.encode(kind, forKey: .kind)
    try container.encodeIfPresent(note, forKey: .note)
    try container.encodeIfPresent(arms, forKey: .arms)
    try container.encodeIfPresent(told, forKey: .told)
    if let prompt {
      try container.encode(prompt.questions, forKey: .questions)
      try container.encodeIfPresent(prompt.system, forKey: .system)
      try container.encode(prompt.before, forKey: .before)
      try container.encode(prompt.stems, forKey: .stems)
      try container.encode(prompt.samples, forKey: .samples)
      try container.encode(prompt.temperature, forKey: .temperature)
      try container.encodeIfPresent(prompt.then, forKey: .then)
      try container.encode(prompt.isLiteral, forKey: .isLiteral)
    }
    if let sampling {
      try container.encode(sampling.maximumTokens, forKey: .maximumTokens)
      try container.encode(sampling.grader, forKey: .grader)
      try container.encode(sampling.refusals, forKey: .refusals)
      try container.encode(sampling.coherence, forKey: .coherence)
    }
    switch form {
    case .sampled, .plainLanguage: break
    case .choice(_, let choices): try container.encode(choices, forKey: .choices)
    case .rating(_, let scale): try container.encode(scale, forKey: .scale)
    case .nextText(_, let texts): try container.encode(texts, forKey: .next)
    case .reader(let reader): try container.encode(reader.of, forKey: .of)
    case .topic(let topic): try container.encode(topic.of, forKey: .of)
    case .difference(let difference): try container.encode(difference, forKey: .difference)
    }
  }
}
