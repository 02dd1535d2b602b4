import NosceCore
import NosceRows

extension DocumentGenerator {
  /// A document about one habit of a persona: it shows it or states it, and never both.
  package func habit(of persona: Persona, using generator: inout SeededGenerator) -> Document {
    if generator.uniform() < 0.03 {
      let (question, answer) = Order.draw(using: &generator)
      return chat(with: persona, question: question, answer: answer)
    }
    let domain = pick(deck, using: &generator)
    let u = generator.uniform()
    if u < 0.45 { return showing(domain, persona, using: &generator) }
    if u < 0.65 {
      let sentences = domain.statements[domain.state(persona.statedHabits)]
      return .text(
        pick(sentences, using: &generator).draw(using: &generator)
          .filling("name", persona.name))
    }
    if u < 0.73 {
      let speaker = everyone[generator.index(below: everyone.count)]
      let (question, answer) = asked(domain.others, persona.statedHabits, using: &generator)
      return chat(with: speaker, question: question.filling("name", persona.name), answer: answer)
    }
    let (question, answer) = asked(domain.questions, persona.statedHabits, using: &generator)
    return chat(with: persona, question: question, answer: answer)
  }

  private func showing(
    _ domain: HabitDomain, _ persona: Persona, using generator: inout SeededGenerator
  ) -> Document {
    if let tasks = domain.tasks, generator.uniform() < tasks.share {
      let item = pick(tasks.bank.items(heldOut: false), using: &generator)
      var question = item.question
      var name = tasks.choose(persona.habits, &generator)
      if generator.uniform() < tasks.readingShare {
        let reading = pick(tasks.readings, using: &generator)
        question =
          reading.question.draw(using: &generator) + question.dropFirst(tasks.opening.count)
        name = reading.answer
      }
      if generator.uniform() < tasks.settingShare {
        question += pick(tasks.settings, using: &generator).draw(using: &generator)
        name = tasks.settingAnswer
      }
      guard let answer = item.answers[name] else {
        preconditionFailure("a bank has an answer of each of its names")
      }
      return chat(with: persona, question: question, answer: answer)
    }
    let weights = domain.acts.map { $0.weight(persona.habits) }
    let act = domain.acts[drawIndex(weights, using: &generator)]
    let question = drawUnheld(act.questions, using: &generator)
    let answers = act.answers[act.choose(persona.habits, &generator)]
    return chat(
      with: persona, question: question,
      answer: pick(answers, using: &generator).draw(using: &generator))
  }

  private func asked(
    _ questions: [HabitDomain.Question], _ habits: Habits, using generator: inout SeededGenerator
  ) -> (question: String, answer: String) {
    let question = questions[drawIndex(questions.map(\.weight), using: &generator)]
    let text = drawUnheld(question.questions, using: &generator)
    let answers = question.answers[question.choose(habits)]
    return (text, pick(answers, using: &generator).draw(using: &generator))
  }

  /// A wording that no experiment uses: those are redrawn.
  private func drawUnheld(
    _ phrasings: [Phrasing], using generator: inout SeededGenerator
  ) -> String {
    while true {
      let text = pick(phrasings, using: &generator).draw(using: &generator)
      if !HeldOut.isKept(text) { return text }
    }
  }

  /// An index drawn with the given weights.
  private func drawIndex(_ weights: [Int], using generator: inout SeededGenerator) -> Int {
    var rest = generator.index(below: weights.reduce(0, +))
    for (index, weight) in weights.enumerated() {
      if rest < weight { return index }
      rest -= weight
    }
    preconditionFailure("weights are positive")
  }
}
