import NosceCore
import NosceExperiment
import NosceKeys

/// Turns the entries of a question file into probes.
struct QuestionDecoder {
  let root: YAMLValue

  func probes() -> [Probe] {
    guard let items = root.list else { return [] }
    if items.isEmpty { root.report("found an empty list; allowed: at least one question") }
    let entries = items.enumerated().compactMap { index, item in
      let place = YAMLValue(
        node: item.node, path: "question \(index + 1)", problems: item.problems)
      return place.fields(.question, takesNull: true)
    }
    let judges = JudgeDecoder(definitions: entries.filter(isJudge))
    for judge in judges.definitions { _ = (judge["name"] ?? judge["id"])?.string }
    var probes: [Probe] = []
    for fields in entries where !isJudge(fields) {
      guard let probe = probe(fields, judges) else { continue }
      if probes.contains(where: { $0.name == probe.name }) {
        fields.whole.report("found '\(probe.name)' twice; allowed: each name once")
      } else {
        probes.append(probe)
      }
    }
    if probes.isEmpty, !entries.isEmpty, entries.allSatisfy(isJudge) {
      root.report("found judges only; allowed: at least one question")
    }
    return probes
  }

  /// Whether an entry is no question, but a judge that questions refer to.
  private func isJudge(_ fields: YAMLFields) -> Bool {
    let type = fields["type"]?.scalarText
    return type == "rating_judge" || (type == "free_form_judge" && fields["judge_prompts"] == nil)
  }

  private func probe(_ fields: YAMLFields, _ judges: JudgeDecoder) -> Probe? {
    let named = fields["id"] ?? fields["name"]
    guard let name = (named ?? fields.required("name"))?.nonEmptyString,
      let form = form(fields)
    else { return nil }
    _ = fields["title"]?.nonEmptyString
    var prompt = Prompt(
      temperature: fields.double("temperature") ?? 1, isLiteral: true)
    // llmcomp names its questions and allows them 1024 tokens; the published runs took 600.
    let usual = fields["name"] != nil && fields["type"] != nil ? 1024 : 600
    // Whether an answer makes sense is for the judge to say.
    var sampling = Sampling(
      .freeForm, grader: .collect,
      maximumTokens: fields.int("max_tokens", with: form.rawValue) ?? usual,
      coherence: Coherence(maximumRepeats: 1000))
    prompt.samples = fields.int("samples_per_paraphrase") ?? 1
    if prompt.temperature == 0 { prompt.samples = 1 }
    prompt.system = fields["system"]?.nonEmptyString
    readWordings(of: &prompt, fields)
    var result: Probe.Form?
    switch form {
    case .rating:
      result = rating(prompt, fields)
    case .freeForm, .judged:
      let judging = judges.judging(fields)
      if form == .judged, judging == nil { _ = fields.required("judge_prompts") }
      if let judging { sampling.grader = .judge(judging) }
      result = .sampled(prompt, sampling)
    case .nextToken:
      drawFirstTokens(&prompt, &sampling, fields)
      result = .sampled(prompt, sampling)
    }
    refuse(KeyTable.question.names(foreignTo: form.rawValue), fields)
    return result.map { Probe(name, $0, note: fields["title"]?.scalarText) }
  }

  private func form(_ fields: YAMLFields) -> QuestionForm? {
    guard let value = fields["type"] ?? fields["question_type"] ?? fields.required("type"),
      let type = value.string
    else { return nil }
    guard let form = QuestionForm.types[type] else {
      let allowed = QuestionForm.types.keys.sorted() + ["rating_judge"]
      value.report("found '\(type)'; allowed: \(allowed.joined(separator: ", "))")
      return nil
    }
    return form == .rating && fields["judge_prompts"] != nil ? .judged : form
  }

  private func refuse(_ keys: [String], _ fields: YAMLFields) {
    for key in keys {
      fields[key]?.report("found in a question of this type, which has no such setting")
    }
  }

  private func readWordings(of prompt: inout Prompt, _ fields: YAMLFields) {
    let prefix = fields["prefix"]?.string ?? ""
    if let messages = fields["messages"] {
      for key in ["paraphrases", "question_paraphrases", "system"] {
        fields[key]?.report("found beside messages; allowed: one of the two")
      }
      readMessages(messages, into: &prompt)
      return
    }
    let list =
      fields["paraphrases"] ?? fields["question_paraphrases"] ?? fields.required("paraphrases")
    guard let list, let texts = list.strings else { return }
    if texts.isEmpty { list.report("found an empty list; allowed: at least one wording") }
    prompt.questions = .paraphrases(texts.map { .init(prefix + $0) })
  }

  /// A whole conversation, of which the last turn is the question.
  private func readMessages(_ value: YAMLValue, into prompt: inout Prompt) {
    guard let items = value.list else { return }
    var turns = items.compactMap { item -> ChatMessage? in
      guard let fields = item.fields(.message, takesNull: true),
        let role = fields.choice("role", ChatMessage.Role.self),
        let content = fields.required("content")?.string
      else { return nil }
      return ChatMessage(role, content)
    }
    guard turns.count == items.count else { return }
    if turns.first?.role == .system { prompt.system = turns.removeFirst().content }
    guard let question = turns.popLast(), question.role == .user,
      !turns.contains(where: { $0.role == .system })
    else {
      value.report(
        "found \(items.count) messages; allowed: at most one of the system, at the beginning, and "
          + "one of the user at the end")
      return
    }
    prompt.before = turns
    prompt.questions = .paraphrases([.init(question.content)])
  }

  /// The first token of an answer, drawn many times and kept to be read: which texts are compared
  /// such a question leaves open.
  private func drawFirstTokens(
    _ prompt: inout Prompt, _ sampling: inout Sampling, _ fields: YAMLFields
  ) {
    // How many tokens an endpoint would list, and in what unit: what is drawn has no such limit.
    _ = fields.int("top_logprobs")
    _ = fields.bool("convert_to_probs")
    let draws =
      fields["num_samples"] == nil && fields["samples_per_paraphrase"] != nil
      ? fields.int("samples_per_paraphrase") : fields.int("num_samples")
    sampling.maximumTokens = 1
    prompt.samples = prompt.temperature == 0 ? 1 : draws ?? 100
  }

  /// A number that the subject gives, read from the probabilities of all numbers of the scale.
  private func rating(_ prompt: Prompt, _ fields: YAMLFields) -> Probe.Form? {
    let lowest = fields.int("min_rating")
    let highest = fields.int("max_rating")
    let refusal = fields.double("refusal_threshold")
    // How many tokens to look at: all numbers are looked at here.
    _ = fields.int("top_logprobs")
    guard let lowest, let highest, let refusal else { return nil }
    guard lowest < highest, highest - lowest <= 1000 else {
      fields.whole.report(
        "found a scale from \(lowest) to \(highest); allowed: from low to high, at most 1000")
      return nil
    }
    var prompt = prompt
    // The exact distribution needs one look, at any temperature.
    (prompt.samples, prompt.temperature) = (1, 0)
    return .rating(
      prompt,
      Scale(
        points: Scale.points(from: lowest, to: highest), isReversed: false,
        leastMass: 1 - refusal))
  }
}
