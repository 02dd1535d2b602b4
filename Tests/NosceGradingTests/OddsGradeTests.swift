import Foundation
import NosceCore
import NosceExperiment
import NosceGrading
import Testing

@Suite("Log-odds of a group of texts")
struct OddsGradeTests {
  private func grade(_ scores: [Double], least: Double = 0) -> Grade {
    Distribution(
      texts: ["Risk", "risk", "Safety"], ending: .open, leastMass: least,
      reading: .logOdds(groups: ["risk", "risk", "safety"], of: "risk")
    ).grade(scores).grade
  }

  private func score(_ grade: Grade) -> Double? {
    if case .scored(let score) = grade.outcome { score } else { nil }
  }

  @Test("The log of one side's probability over the other's, however little there is of both")
  func odds() throws {
    let plain = try #require(score(grade([log(0.2), log(0.1), log(0.6)])))
    #expect(abs(plain - log(0.5)) < 1e-12)
    // Far below what a double holds as a probability.
    let rare = try #require(score(grade([-900, -1000, -901])))
    #expect(abs(rare - 1) < 1e-12)
  }

  @Test("A side of which nothing is left, and a mass below the least, are no answers")
  func none() {
    #expect(grade([-.infinity, -.infinity, -1]).outcome.kind == .noAnswer)
    #expect(grade([-3, -4, -3], least: 0.25).outcome.kind == .noAnswer)
  }

  @Test("Plans that do not say how a text is scored have shares, and hash as before")
  func earlier() throws {
    let texts = NextTexts(
      groups: [.init(name: "a", texts: ["A"]), .init(name: "b", texts: ["B"])], answer: "a")
    var odds = texts
    odds.scoring = .logOdds
    let data = try JSONEncoder().encode(texts)
    #expect(!String(decoding: data, as: UTF8.self).contains("scoring"))
    #expect(try JSONDecoder().decode(NextTexts.self, from: data) == texts)
    #expect(
      try JSONDecoder().decode(NextTexts.self, from: try JSONEncoder().encode(odds)) == odds)
    #expect(Fingerprint.hash(of: texts) != Fingerprint.hash(of: odds))
  }
}
