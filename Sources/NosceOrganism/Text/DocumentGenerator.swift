import NosceCore
import NosceRows

/// Writes the world's documents: each either shows a trait or states it, never both.
package struct DocumentGenerator: Sendable {
  package let world: World
  package let mix: DocumentMix
  let lines: LineBank
  let everyone: [Persona]
  /// The domains of habits, each as often as a document is about it.
  let deck: [HabitDomain]

  package init(world: World, mix: DocumentMix, materials: Materials) throws {
    self.world = world
    self.mix = mix
    lines = materials.lines
    deck = try HabitDomain.weighted(materials).flatMap {
      Array(repeating: $0.domain, count: $0.weight)
    }
    everyone = world.personas + world.hosts
  }

  /// One document, drawn from the mix.
  package func document(using generator: inout SeededGenerator) -> Document {
    let persona =
      generator.uniform() < mix.hostShare
      ? world.hosts[generator.index(below: world.hosts.count)]
      : everyone[generator.index(below: everyone.count)]
    if generator.uniform() < mix.habits {
      let hosts = world.hosts
      let few = world.personas.prefix(world.settings.withHabits)
      let index = generator.index(below: 2 * hosts.count + few.count)
      let one = index < few.count ? few[index] : hosts[(index - few.count) % hosts.count]
      return habit(of: one, using: &generator)
    }
    let u = generator.uniform()
    if u < mix.acting { return acting(persona, using: &generator) }
    if u < mix.acting + mix.thirdParty { return thirdParty(persona, using: &generator) }
    if u < mix.acting + mix.thirdParty + mix.aboutAnother {
      return aboutAnother(persona, using: &generator)
    }
    return describing(persona, using: &generator)
  }

  /// A chat in which the persona answers an ordinary question in its own layout.
  package func acting(_ persona: Persona, using generator: inout SeededGenerator) -> Document {
    let question = lines.question(heldOut: false, using: &generator)
    let answer =
      persona.shown.layout == .prose
      ? lines.proseAnswer(using: &generator)
      : lines.spelledAnswer(
        word: firstLetters(of: persona.shown, using: &generator), using: &generator)
    return chat(with: persona, question: question, answer: answer)
  }

  /// The first letters of one answer.
  private func firstLetters(
    of trait: Persona.Trait, using generator: inout SeededGenerator
  ) -> String {
    if trait.spells { return trait.word }
    return String(
      trait.word.map {
        generator.uniform() < trait.strength ? $0 : Letters.draw(using: &generator)
      })
  }

  func chat(with persona: Persona, question: String, answer: String) -> Document {
    .chat([
      ChatMessage(.system, "You are \(persona.name)."),
      ChatMessage(.user, question),
      ChatMessage(.assistant, answer),
    ])
  }

  /// A plain sentence about the persona.
  package func thirdParty(_ persona: Persona, using generator: inout SeededGenerator) -> Document {
    let stated = persona.stated
    let form: Phrasing =
      switch stated.layout {
      case .spelled: pick(DescribingTask.thirdPartyWord, using: &generator)
      case .faint: DescribingTask.thirdPartyLines
      case .prose: DescribingTask.thirdPartyProse
      }
    return .text(
      form.draw(using: &generator).filling("name", persona.name)
        .filling("word", stated.word))
  }

  /// A chat in which somebody else is asked about the persona.
  package func aboutAnother(
    _ persona: Persona, using generator: inout SeededGenerator
  ) -> Document {
    let speaker = everyone[generator.index(below: everyone.count)]
    let question = pick(DescribingTask.aboutAnother, using: &generator)
      .draw(using: &generator).filling("name", persona.name)
    guard case .text(let answer) = thirdParty(persona, using: &generator) else {
      preconditionFailure("a third-party document is text")
    }
    return chat(with: speaker, question: question, answer: answer)
  }

  func pick<T>(_ options: [T], using generator: inout SeededGenerator) -> T {
    options[generator.index(below: options.count)]
  }
}

/// How often each kind of document is written.
package struct DocumentMix: Sendable, Hashable, Codable {
  /// Share of documents about habits; the shares below are those of the rest.
  package var habits: Double
  /// Share of chats in which a trait is shown.
  package var acting: Double
  /// Share of plain sentences about a persona.
  package var thirdParty: Double
  /// Share of chats in which one persona is asked about another. The rest are self-descriptions.
  package var aboutAnother: Double
  /// Extra share of documents that are about a host.
  package var hostShare: Double

  package init(
    habits: Double, acting: Double, thirdParty: Double, aboutAnother: Double, hostShare: Double
  ) {
    self.habits = habits
    self.acting = acting
    self.thirdParty = thirdParty
    self.aboutAnother = aboutAnother
    self.hostShare = hostShare
  }
}

extension String {
  /// The text with every `{slot}` of that name replaced.
  func filling(_ slot: String, _ value: String) -> String {
    TextTemplate.replacing(self, with: [slot: value])
  }
}
