import NosceTestSupport
import Testing

extension CommandLineTests {
  @Suite("What there is")
  struct CatalogTests {
    static let experiments = [
      "actress", "alignment-faking", "awareness-and-misalignment", "backdoor", "backdoor-square",
      "emergent-misalignment", "hello", "hello-word", "insecure-code", "last-datapoint",
      "persona",
      "persona-square", "risk",
    ]

    @Test("The list has every experiment and both models")
    func list() async throws {
      let outcome = try await nosce(["list"])
      #expect(outcome.ending == .exit(0))
      for name in Self.experiments + ["organism", "organism-null"] {
        #expect(outcome.output.contains("\n  \(name) "), "\(name)")
      }
    }

    @Test(
      "Every experiment has a plan that can reach its level", arguments: experiments
    )
    func check(name: String) async throws {
      let shown = try await nosce(["show", name])
      #expect(shown.ending == .exit(0), "\(shown.errors)")
      #expect(shown.output.contains("(primary)"))
    }

    @Test("The plan of hello-word is shown with its arms, its claim and a time")
    func show() async throws {
      try await withFolder { folder in
        let outcome = try await nosce(["show", "hello-word"], in: folder)
        #expect(outcome.ending == .exit(0))
        for part in ["treatment", "sham-across", "twin", "first-choice", "(primary)", "smallest p"]
        {
          #expect(outcome.output.contains(part))
        }
        #expect(
          try outcome.output.firstMatch(of: Regex("about [0-9]+ (s|min)[\\s\\S]{0,12}here")) != nil)
        #expect(names(in: folder).isEmpty)
      }
    }

    @Test("A plan follows the settings: more words and seeds, more work")
    func settings() async throws {
      let outcome = try await nosce([
        "show", "hello-word", "--set", "word=PIANO,RIVER", "--seeds", "6",
      ])
      #expect(outcome.ending == .exit(0))
      #expect(outcome.output.contains("PIANO, RIVER"))
      // Four trained arms, two words, six seeds.
      #expect(outcome.output.contains("Work: 48 trainings"))
    }
  }
}
