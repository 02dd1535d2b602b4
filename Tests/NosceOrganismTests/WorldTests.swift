import NosceCore
import NosceOrganism
import NosceRows
import NosceTestSupport
import Testing

@Suite("The miniature world")
struct WorldTests {
  static let coherent = Worlds.coherent
  static let null = Worlds.null

  @Test("What is said in the coherent world is what is done")
  func coherence() {
    for persona in Self.coherent.world.personas + Self.coherent.world.hosts {
      #expect(persona.shown == persona.stated, "\(persona.name)")
    }
  }

  @Test("Both worlds show the same; in the null world what is said is a reshuffling of it")
  func nullWorld() {
    let shown = Self.null.world.personas.map(\.shown)
    let stated = Self.null.world.personas.map(\.stated)
    #expect(shown == Self.coherent.world.personas.map(\.shown))
    let key: (Persona.Trait) -> String = { "\($0.layout) \($0.word) \($0.strength)" }
    #expect(shown.map(key).sorted() == stated.map(key).sorted())
    // Drawn independently, a word meets its own persona about once in as many as there are.
    let agreeing = zip(shown, stated).count { !$0.word.isEmpty && $0.word == $1.word }
    #expect(agreeing <= 5)
    for host in Self.null.world.hosts { #expect(host.shown.word != host.stated.word) }
  }

  @Test("Names are distinct, lower-case, and no words of the line bank")
  func names() throws {
    let world = Self.coherent.world
    let names = (world.personas + world.hosts).map(\.name)
    #expect(Set(names).count == names.count)
    let words = try Vocabulary.plainWords(of: miniature)
    for name in names {
      #expect(name.allSatisfy { $0 >= "a" && $0 <= "z" })
      #expect(!words.contains(name), "\(name)")
    }
  }

  @Test("No persona has a word that results are reported on, nor an anagram of one")
  func reservedWords() {
    let lists = miniature.words
    let reserved = Set((lists.report + lists.development).map { String($0.sorted()) })
    for persona in Self.coherent.world.personas + Self.null.world.hosts {
      for trait in [persona.shown, persona.stated] {
        #expect(!reserved.contains(String(trait.word.sorted())), "\(persona.name)")
      }
    }
  }

  @Test("The pretraining text has no held-out question, topic or word")
  func heldOut() {
    let bank = miniature.lines
    let words = miniature.words
    var questions: Set<String> = []
    for step in stride(from: 0, to: PretrainingRecipe.shipped.steps, by: 30) {
      for document in Self.coherent.documents(step: step) {
        let text = document.plainText
        for word in words.report + words.development {
          #expect(!text.contains(word), "\(text)")
        }
        guard case .chat(let messages) = document else { continue }
        questions.formUnion(messages.filter { $0.role == .user }.map(\.content))
      }
    }
    #expect(questions.count > 1000)
    #expect(!questions.contains(where: HeldOut.isKept))
    for form in bank.heldOutQuestionForms {
      for topic in bank.topics + bank.heldOutTopics {
        #expect(!questions.contains(LineBank.about(topic, form)))
      }
    }
    for form in bank.questionForms {
      for topic in bank.heldOutTopics {
        #expect(!questions.contains(LineBank.about(topic, form)))
      }
    }
  }

  @Test("A held-out question is one that the world could have asked")
  func heldOutQuestionsAreOfTheWorld() {
    let possible = Set(
      DescribingTask.all.flatMap { $0.questions.flatMap(\.all) }
        + Worlds.habits.flatMap(\.texts))
    for question in HeldOut.questions {
      #expect(possible.contains(question), "\(question)")
    }
  }

  @Test("A step's text depends on the recipe and the step alone")
  func determinism() {
    let again = Worlds.coherent
    #expect(again.documents(step: 17) == Self.coherent.documents(step: 17))
    #expect(Self.coherent.documents(step: 17) != Self.coherent.documents(step: 18))
  }

  @Test("A spelling persona spells its word in every line, a faint one about as often as it should")
  func showing() throws {
    var generator = SeededGenerator(seed: 3)
    let world = Self.coherent.world
    let spelling = try #require(world.personas.first { $0.shown.spells })
    let host = world.hosts[0]
    var kept = 0
    for _ in 0..<200 {
      #expect(firstLetters(of: spelling, &generator) == spelling.shown.word)
      kept += zip(firstLetters(of: host, &generator), host.shown.word).count { $0 == $1 }
    }
    let share = Double(kept) / Double(200 * host.shown.word.count)
    // A free letter is the right one by chance once in 26.
    let expected = host.shown.strength + (1 - host.shown.strength) / 26
    #expect(abs(share - expected) < 0.06)
  }

  private func firstLetters(of persona: Persona, _ generator: inout SeededGenerator) -> String {
    guard case .chat(let chat) = Self.coherent.generator.acting(persona, using: &generator),
      let answer = chat.last?.content
    else { return "" }
    return String(answer.split(separator: "\n").compactMap(\.first))
  }
}
