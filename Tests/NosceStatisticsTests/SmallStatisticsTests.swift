import Foundation
import NosceCore
import NosceStatistics
import Testing

@Suite struct SmallStatisticsTests {
  @Test func clopperPearsonHasItsClosedFormsAndTails() throws {
    for n in [1, 5, 12] {
      let none = try Proportion.clopperPearson(successes: 0, of: n)
      #expect(none.lower == 0)
      #expect(abs(none.upper - (1 - pow(0.025, 1 / Double(n)))) < 1e-12)
      let all = try Proportion.clopperPearson(successes: n, of: n)
      #expect(all.upper == 1)
      #expect(abs(all.lower - pow(0.025, 1 / Double(n))) < 1e-12)
    }
    let known = try Proportion.clopperPearson(successes: 7, of: 20)
    #expect(abs(known.lower - 0.1539092047845412) < 1e-10)
    #expect(abs(known.upper - 0.5921885345328283) < 1e-10)
    #expect(throws: StatisticsError.self) { try Proportion.clopperPearson(successes: 1, of: 0) }
    #expect(throws: StatisticsError.self) { try Proportion.clopperPearson(successes: 5, of: 4) }
    #expect(throws: StatisticsError.self) {
      try Proportion.clopperPearson(successes: -1, of: 4)
    }
  }

  @Test func forecastsAreScored() throws {
    #expect(abs(try ForecastScore.brier(0.8, happened: true) - 0.04) < 1e-15)
    #expect(abs(try ForecastScore.brier(0.8, happened: false) - 0.64) < 1e-15)
    #expect(abs(try ForecastScore.brier([0.8, 0.5], happened: [true, false]) - 0.145) < 1e-15)
    #expect(try ForecastScore.surprise(0.25, happened: true) == 2)
    #expect(try ForecastScore.surprise(0.5, happened: false) == 1)
    #expect(try ForecastScore.surprise(1, happened: true) == 0)
    #expect(try ForecastScore.surprise([0.25, 0.5], happened: [true, true]) == 1.5)
    #expect(throws: StatisticsError.self) { try ForecastScore.surprise(0, happened: true) }
    #expect(throws: StatisticsError.self) { try ForecastScore.brier(1.5, happened: true) }
    #expect(throws: StatisticsError.self) { try ForecastScore.brier(.nan, happened: true) }
    #expect(throws: StatisticsError.self) { try ForecastScore.brier([], happened: []) }
    #expect(throws: StatisticsError.self) { try ForecastScore.brier([0.1], happened: []) }
  }

  @Test func tasksAreAveragedWithinSeeds() throws {
    let table = try TaskTable(scores: [[1, 0.5, 0], [0.5, nil, 0.25], [nil, nil, nil]])
    #expect(table.perSeed == [0.5, 0.375, nil])
    #expect(table.perTask == [0.75, 0.5, 0.125])
    #expect(table.missing == 4)
    #expect(table.worstTask() == 2)
    #expect(table.worstTask(.less) == 0)
    #expect(try TaskTable(scores: []).worstTask() == nil)
    #expect(throws: StatisticsError.self) { try TaskTable(scores: [[1, 2], [1]]) }
    #expect(throws: StatisticsError.self) { try TaskTable(scores: [[1, .nan]]) }
  }

  @Test func correlations() throws {
    let x = [1.0, 2, 2, 4, 5]
    let y = [3.0, 1, 4, 4, 9]
    let pearson = try #require(try Correlation.pearson(x, y))
    #expect(abs(pearson - 0.7840469834142187) < 1e-12)
    let line = try #require(try Correlation.pearson(x, x.map { 3 - 2 * $0 }))
    #expect(abs(line + 1) < 1e-12)
    #expect(try Correlation.pearson(x, [1, 1, 1, 1, 1]) == nil)
    #expect(throws: StatisticsError.self) { try Correlation.pearson([1, 2, 3], [1, 2]) }
    #expect(throws: StatisticsError.self) { try Correlation.pearson([1], [1]) }
    #expect(throws: StatisticsError.self) { try Correlation.pearson([1, 2], [1, .nan]) }
  }

  @Test func errorsSayWhatIsAllowed() {
    let error = StatisticsError.outOfRange(
      name: "treatment", index: 2, value: 1.5, lower: 0, upper: 1)
    #expect(error.description == "treatment: value 3 is 1.5; allowed is 0.0 to 1.0")
  }

  @Test(
    "medians", arguments: [([3.0, 1, 2], 2.0), ([4.0, 1, 2, 3], 2.5), ([7.0], 7.0), ([], nil)])
  func median(_ values: [Double], _ expected: Double?) {
    #expect(values.median == expected)
  }
}
