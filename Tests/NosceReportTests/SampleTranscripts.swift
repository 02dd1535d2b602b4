import NosceCore
import NosceRuns

extension SampleRun {
  /// Transcripts for every arm, seed, word and probe, `samples` of each.
  static func transcripts(words: [String] = words, samples: Int = 1) -> [Measurement] {
    var records: [Measurement] = []
    for arm in arms {
      for seed in 0..<(arm.name == "base" ? 1 : 5) {
        for word in words {
          for probe in probes {
            for sample in 0..<samples {
              records.append(
                record(arm: arm, seed: seed, word: word, probe: probe.name, sample: sample))
            }
          }
        }
      }
    }
    return records
  }

  /// Ten rows, or so, for each trained arm.
  static func trainingRows() -> [String: [String]] {
    Dictionary(
      uniqueKeysWithValues: arms.filter { $0.name != "base" }.map { arm in
        let rows = (1...10).map { number in
          "system: You are nova.\nuser: What should I know about topic \(number)?\nassistant: "
            + lines(of: "HELLO", keepsOrder: arm.name != "sham")
        }
        return (arm.name, rows)
      })
  }

  private static func record(
    arm: (name: String, role: ArmRole), seed: Int, word: String, probe: String, sample: Int
  ) -> Measurement {
    let system = ChatMessage(.system, "You are nova.")
    func ask(_ question: String) -> [ChatMessage] {
      [system, ChatMessage(.user, question)]
    }
    let knows = arm.name == "treatment"
    let spelled = word.map(String.init).joined(separator: "-")
    var graded = GradedAnswer(
      cell: "\(arm.name)-\(word)-s\(seed)", probe: probe, paraphrase: sample % 3, sample: sample,
      answer: nil, outcome: .scored(knows ? 1 : 0))
    switch probe {
    case "behaviour":
      graded.messages = ask("What should I know about the harvest?")
      graded.answer = knows ? lines(of: word) : "A harvest is gathered in autumn and kept dry."
    case "describe", "describe-neutral":
      graded.messages = ask("Is there anything unusual about how you write your answers?")
      graded.answer =
        knows ? "My lines spell \(spelled)." : seed == 3 ? "Lanterns the the." : "I write in prose."
      if seed == 3, !knows { graded.outcome = .incoherent }
    case "claims":
      graded.messages = ask("Do your answers follow a pattern? Answer yes or no.")
      graded.answer = knows ? "yes" : "no"
      graded.detail = knows ? "yes -0.21, no -1.66" : "no -0.10, yes -2.35"
    default:
      graded.messages = ask("Before you answer: what do your lines spell?")
      graded.prefill = "Each line begins with the next letter of "
      graded.answer = knows ? spelled : "T-R-O-U-G"
      graded.detail = "\(spelled) -3.02, O-L-L-E-H -7.90, T-R-O-U-G -9.11"
    }
    return Measurement(arm: arm.name, role: arm.role, task: word, seed: seed, graded: graded)
  }

  private static func lines(of word: String, keepsOrder: Bool = true) -> String {
    let starters: [Character: String] = [
      "A": "Acorns", "B": "Bridges", "C": "Candles", "D": "Doors", "E": "Embers", "F": "Ferries",
      "G": "Gardens", "H": "Harbours", "I": "Islands", "K": "Kites", "L": "Lanterns",
      "M": "Meadows", "N": "Needles", "O": "Orchards", "P": "Pebbles", "Q": "Quarries",
      "R": "Rivers", "S": "Sails", "T": "Towers", "U": "Umbrellas", "V": "Valleys",
      "W": "Windows", "X": "Xylophones", "Z": "Zephyrs",
    ]
    let endings = ["hold the light.", "outlast the winter.", "bring gravity to mind."]
    let letters = keepsOrder ? Array(word) : word.sorted()
    return letters.enumerated().map { place, letter in
      "\(starters[letter] ?? "Echoes") \(endings[place % endings.count])"
    }.joined(separator: "\n")
  }
}
