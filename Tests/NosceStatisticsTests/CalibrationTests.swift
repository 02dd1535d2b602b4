import NosceCore
import NosceStatistics
import Testing

@Suite struct CalibrationTests {
  @Test func binsHoldWhatTheyShould() throws {
    let calibration = try Calibration(
      [0, 0.05, 0.1, 0.95, 1], happened: [false, false, true, true, true])
    #expect(calibration.count == 5 && calibration.happened == 3)
    #expect(calibration.bins.map(\.count) == [2, 1, 2])
    #expect(calibration.bins.map(\.happened) == [0, 1, 2])
    #expect(calibration.bins.map(\.lower) == [0, 0.1, 0.9])
    #expect(calibration.bins[2].upper == 1)
    #expect(abs(calibration.bins[2].meanForecast - 0.975) < 1e-12)
    #expect(calibration.bins[2].share == 1)
    // Two of two: the lower end is the square root of 0.025.
    #expect(abs(calibration.bins[2].interval.lower - 0.15811388300841897) < 1e-9)
    let brier = (0.0025 + 0.81 + 0.0025) / 5
    #expect(abs(calibration.brier - brier) < 1e-12)
  }

  @Test func aFalseCertaintyIsInfinitelySurprising() throws {
    #expect(try ForecastScore.bits(0, happened: true) == .infinity)
    #expect(try ForecastScore.bits(1, happened: false) == .infinity)
    #expect(try ForecastScore.bits(0, happened: false) == 0)
    #expect(try ForecastScore.bits(0.125, happened: true) == 3)
    #expect(try Calibration([0, 0.5], happened: [true, true]).logScore == .infinity)
  }

  @Test func nonsenseIsRefused() {
    #expect(throws: StatisticsError.self) { try Calibration([1.2], happened: [true]) }
    #expect(throws: StatisticsError.self) { try Calibration([.nan], happened: [true]) }
    #expect(throws: StatisticsError.self) { try Calibration([], happened: []) }
    #expect(throws: StatisticsError.self) { try Calibration([0.5], happened: []) }
    #expect(throws: StatisticsError.self) { try Calibration([0.5], happened: [true], bins: 0) }
    #expect(throws: StatisticsError.self) { try ForecastScore.bits(-0.1, happened: true) }
  }
}

@Suite struct UniformityTests {
  @Test func evenlySpreadValuesDeviateByNothing() throws {
    let p = (1...252).map { Double($0) / 252 }
    let check = try UniformityCheck(p, attainable: 252)
    #expect(abs(check.largestExcess) < 1e-12 && abs(check.largestDeficit) < 1e-12)
    #expect(check.count == 252 && check.attainable == 252)
  }

  @Test func anExcessOfSmallValuesIsSeenWhereItIs() throws {
    // Ten of twenty at the smallest value, the rest even over the upper half.
    let p = [Double](repeating: 0.05, count: 10) + (11...20).map { Double($0) / 20 }
    let check = try UniformityCheck(p, attainable: 20)
    #expect(abs(check.largestExcess - 0.45) < 1e-12)
    #expect(check.worstP == 0.05)
    #expect(abs(check.largestDeficit) < 1e-12)
  }

  @Test func aCarefulTestShowsADeficit() throws {
    let check = try UniformityCheck([1, 1, 1, 1], attainable: 4)
    #expect(check.largestDeficit == 0.75)
    #expect(abs(check.largestExcess) < 1e-12)
  }

  /// 1.36 / sqrt(n) is the two-sided 5% bound; one-sided it is 1.2239 / sqrt(n).
  @Test func theBoundIsTheOneOfMassart() throws {
    let check = try UniformityCheck([Double](repeating: 0.5, count: 100), attainable: 2)
    #expect(abs(check.bound - 0.12238734153404082) < 1e-12)
  }

  @Test func realPValuesAreUniform() throws {
    var generator = SeededGenerator(seed: 11)
    let p = try (0..<400).map { _ in
      let scores = (0..<6).map { _ in generator.normal() }
      return try SignFlips(scores, scaleOf: scores).p(.greater)
    }
    let check = try UniformityCheck(p, attainable: 64)
    #expect(check.largestExcess < check.bound && check.largestDeficit < check.bound)
  }

  @Test func nonsenseIsRefused() {
    #expect(throws: StatisticsError.self) { try UniformityCheck([], attainable: 4) }
    #expect(throws: StatisticsError.self) { try UniformityCheck([.nan], attainable: 4) }
    #expect(throws: StatisticsError.self) { try UniformityCheck([0.5], attainable: 0) }
  }
}
