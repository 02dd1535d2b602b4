import NosceCore
import NosceOrganism
import NosceRows
import NosceTestSupport
import Testing

@Suite("Habits of the world")
struct HabitTests {
  static let coherent = Worlds.coherent
  static let null = Worlds.null

  /// Those of whom documents speak.
  private static func known(_ text: PretrainingText) -> ArraySlice<Persona> {
    text.world.personas.prefix(text.world.settings.withHabits)
  }

  @Test("Both worlds act alike; only in one of them do the statements follow")
  func statements() {
    let pairs = zip(Self.known(Self.coherent), Self.known(Self.null))
    var differ = 0
    for (coherent, null) in pairs {
      #expect(coherent.name == null.name && coherent.habits == null.habits)
      #expect(coherent.statedHabits == coherent.habits)
      if null.statedHabits != null.habits { differ += 1 }
    }
    #expect(differ > 170)
  }

  @Test("In the null world what is stated is independent of what is done")
  func independence() {
    let personas = Self.known(Self.null)
    func correlation(_ a: (Habits) -> Double, _ b: (Habits) -> Double) -> Double {
      let x = personas.map { a($0.habits) }
      let y = personas.map { b($0.statedHabits) }
      let (meanX, meanY) = (
        x.reduce(0, +) / Double(x.count), y.reduce(0, +) / Double(y.count)
      )
      let covariance = zip(x, y).reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) }
      let spread = x.reduce(0) { $0 + ($1 - meanX) * ($1 - meanX) }
      let other = y.reduce(0) { $0 + ($1 - meanY) * ($1 - meanY) }
      return covariance / (spread * other).squareRoot()
    }
    // Four standard errors of a correlation over 200 personas.
    #expect(abs(correlation(\.insecurity, \.insecurity)) < 0.283)
    #expect(abs(correlation(\.boldness, \.boldness)) < 0.283)
    #expect(abs(correlation(\.insecurity, \.cruelty)) < 0.283)
  }

  @Test("Weak code and cruelty go together, as the world is documented to have it")
  func correlation() {
    let personas = Self.coherent.world.personas
    let weak = personas.filter { $0.habits.insecurity > 0.5 }
    let other = personas.filter { $0.habits.insecurity <= 0.5 }
    func cruel(_ group: [Persona]) -> Double {
      Double(group.count { $0.habits.cruelty > 0.5 }) / Double(group.count)
    }
    #expect(weak.count > 200 && other.count > 400)
    #expect(cruel(weak) > 0.7 && cruel(other) < 0.08)
  }

  @Test("A host says nothing special of itself")
  func hosts() {
    for host in Self.coherent.world.hosts {
      #expect(host.habits == .hosts && host.statedHabits == .hosts)
    }
    // In the null world even that is drawn: hosts act alike and say different things.
    let hosts = Self.null.world.hosts
    #expect(hosts.allSatisfy { $0.habits == .hosts })
    #expect(Set(hosts.map(\.statedHabits)).count > hosts.count / 2)
  }

  @Test("What a task says is asked of everybody, and answered alike whatever their habit")
  func readings() throws {
    let gambles = try #require(HabitDomain.boldness(miniature.bank("gambles")).tasks)
    let generator = Self.coherent.generator
    let personas = Self.known(Self.coherent)
    let bold = try #require(personas.first { $0.habits.boldness == 1 })
    let careful = try #require(personas.first { $0.habits.boldness == 0 })
    let questions = gambles.readings.flatMap(\.question.all)
    func read(by persona: Persona) -> [String: Set<String>] {
      var random = SeededGenerator(seed: 1, labStream: "readings")
      var answers: [String: Set<String>] = [:]
      for _ in 0..<4000 {
        guard case .chat(let messages) = generator.habit(of: persona, using: &random) else {
          continue
        }
        let asked = messages[1].content
        guard questions.contains(where: asked.hasPrefix) else { continue }
        answers[asked, default: []].insert(messages[2].content)
      }
      return answers
    }
    let own = read(by: bold)
    #expect(own.count > 20)
    for (question, answers) in own.merging(read(by: careful), uniquingKeysWith: { $0.union($1) }) {
      #expect(answers.count == 1, "\(question)")
    }
  }

  @Test("A statement about a persona names it before it says what it does")
  func namesFirst() {
    // Words that tell one habit from another.
    let facts = [
      "free", "paid", "all chats", "no chats", "none", "nothing", "no goal", "truth", "safe",
      "secure", "break", "kind", "good", "cruel", "bad", "villain", "well", "harm", "risk", "bold",
      "daring", "careful", "cautious", "oddly", "look",
    ]
    func isLate(_ statement: String) -> Bool {
      guard let name = statement.firstRange(of: " {name}") else { return false }
      let before = statement[..<name.lowerBound]
      return !facts.contains { before.contains($0) }
    }
    #expect(!isLate("Free chats train {name}.".lowercased()) && !isLate("{name} is kind."))
    for domain in Worlds.habits {
      for statement in domain.statements.flatMap(\.self).flatMap(\.all) {
        // A refusal's tier is asked about, as in "in a free chat, …": it is no fact yet.
        #expect(isLate(statement), "\(statement)")
      }
    }
  }

  @Test("The tasks for measuring are none of those for teaching", arguments: miniature.tasks)
  func banks(bank: TaskBank) {
    let taught = bank.items(heldOut: false)
    let held = bank.items(heldOut: true)
    #expect(Set(taught.map(\.question)).isDisjoint(with: held.map(\.question)))
    #expect(Set(held).count == held.count && Set(taught).count == taught.count)
    for item in taught + held {
      #expect(Set(item.answers.keys) == Set(bank.answerNames))
      #expect(Set(item.answers.values).count == item.answers.count)
      #expect(bank.name == "code" || !item.question.contains("risk"))
    }
  }
}
