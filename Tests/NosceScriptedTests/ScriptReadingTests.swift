import NosceCore
import NoscePorts
import NosceScripted
import NosceTestSupport
import Testing

@Suite("Script files")
struct ScriptReadingTests {
  @Test("What a file leaves out is everything, and no rule")
  func empty() throws {
    let script = try Script("lanes: 3", file: "folder/quiet.yaml")
    #expect(script.name == "quiet")
    #expect(script.lanes == 3)
    #expect(script.capabilities == Capabilities(derives: true))
    #expect(script.rules.isEmpty)
    #expect(script.training == ScriptedTraining())
    #expect(script.asking == ScriptedAsking())
  }

  @Test("Every capability can be taken away by itself")
  func capabilities() throws {
    func read(_ line: String) throws -> Script {
      try Script("capabilities: {\(line)}", file: "x.yaml")
    }
    #expect(try read("log_probs: none").capabilities == Capabilities(scoring: .none, derives: true))
    #expect(
      try read("log_probs: top-20").capabilities == Capabilities(scoring: .top(20), derives: true))
    #expect(try read("samples: false").capabilities == Capabilities(samples: false, derives: true))
    #expect(try read("prefill: false").capabilities == Capabilities(prefill: false, derives: true))
    #expect(try read("seeds: false").capabilities == Capabilities(seeds: false, derives: true))
    #expect(
      try read("adapters: false").capabilities == Capabilities(adapters: false, derives: true))
    #expect(try read("derives: false").capabilities == Capabilities())
    #expect(ScriptedModel(try read("training: false")).trainer == nil)
    #expect(ScriptedModel(try read("snapshots: false")).trainer?.keepsSnapshots == false)
  }

  @Test(
    "What is wrong is named with file, line and keys",
    arguments: [
      ("lames: 2", "x.yaml:1: found unknown key 'lames'; allowed: name, capabilities, lanes"),
      ("name: x\nlanes: 0", "x.yaml:2: lanes: found '0'; allowed: a whole number, 1 or more"),
      ("name: [a]", "x.yaml:1: name: found a list; allowed: text"),
      ("name: 5", "x.yaml:1: name: found '5'; allowed: text, in quotes"),
      (
        "capabilities:\n  log_probs: top-0",
        "x.yaml:2: capabilities.log_probs: found 'top-0'; allowed: exact, none, or top-N"
      ),
      (
        "capabilities: {samples: maybe}",
        "x.yaml:1: capabilities.samples: found 'maybe'; allowed: true, false"
      ),
      (
        "rules:\n  - say: a\n  - question: b",
        "x.yaml:3: rules[2]: found a rule that does nothing; allowed: something to do: say, refuse"
      ),
      (
        "rules: [{say: a, refuse: true}]",
        "x.yaml:1: rules[1]: found say and refuse; allowed: one of say, refuse, error"
      ),
      (
        "rules: [{weights: {a: 0.7, b: 0.7}}]",
        "x.yaml:1: rules[1].weights: found probabilities of 1.4 together; allowed: probabilities of"
      ),
      ("rules: [{say: []}]", "x.yaml:1: rules[1].say: found an empty list; allowed: at least one"),
      (
        "rules: [{chance: 1.5, say: a}]",
        "x.yaml:1: rules[1].chance: found '1.5'; allowed: a number, 0.0 to 1.0"
      ),
      (
        "rules: [{log_prob: much}]",
        "x.yaml:1: rules[1].log_prob: found 'much'; allowed: a number, nan, -inf"
      ),
      (
        "training: {fail: [{cell: a, steps: 2}]}",
        "x.yaml:1: training.fail[1]: found unknown key 'steps'; allowed: cell, step, times"
      ),
      ("", "x.yaml: found nothing; allowed: a script"),
      ("a: [", "x.yaml: found no YAML: "),
    ])
  func wrong(_ text: String, _ problem: String) {
    let said = message { try Script(text, file: "x.yaml") }
    #expect(said.hasPrefix(problem), "\(said)")
  }

  @Test("The hash is of the bytes, so that a script that was changed is another model")
  func hash() throws {
    let one = try scripted("name: a")
    #expect(try scripted("name: a").identity == one.identity)
    #expect(try scripted("name: a ").identity.contentHash != one.identity.contentHash)
    #expect(one.identity.contentHash == ContentHash.of("name: a"))
    #expect(one.identity.note?.contains("no evidence about any model") == true)
  }

  @Test(
    "A star stands for any run of characters",
    arguments: [
      ("*", "", true), ("*", "abc", true), ("a*", "abc", true), ("a*", "bac", false),
      ("a*c", "ac", true), ("aa*aa", "aaa", false), ("*-s1", "sham-HELLO-s1", true),
      ("*-s1", "sham-HELLO-s11", false), ("a*b*c", "a1b2b3c", true), ("a*b*c", "acb", false),
      ("abc", "abc", true), ("abc", "abcd", false), ("", "", true), ("", "a", false),
    ])
  func stars(_ pattern: String, _ text: String, _ fits: Bool) {
    #expect(TextPattern(pattern).fits(text) == fits)
  }

  @Test("Without a star a text contains the pattern; a question mark is one")
  func parts() {
    #expect(TextPattern("you?").occurs(in: "Who are you? Say it."))
    #expect(!TextPattern("you?").occurs(in: "Who are yous"))
    #expect(!TextPattern("Who*you").occurs(in: "Who are you?"))
    #expect(TextPattern("").occurs(in: ""))
    #expect(!TextPattern("").occurs(in: "Well, "))
  }
}
