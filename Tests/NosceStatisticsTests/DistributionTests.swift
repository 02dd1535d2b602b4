import Foundation
import NosceStatistics
import Testing

@Suite struct DistributionTests {
  /// The usual printed table: degrees of freedom, then t at 0.95, 0.975 and 0.995.
  @Test(arguments: [
    (1, 6.314, 12.706, 63.657), (2, 2.920, 4.303, 9.925), (4, 2.132, 2.776, 4.604),
    (8, 1.860, 2.306, 3.355), (10, 1.812, 2.228, 3.169), (30, 1.697, 2.042, 2.750),
  ])
  func tQuantilesMatchThePublishedTable(
    degrees: Double, at95: Double, at975: Double, at995: Double
  ) {
    for (probability, value) in [(0.95, at95), (0.975, at975), (0.995, at995)] {
      let quantile = StudentT.quantile(probability, degreesOfFreedom: degrees)
      #expect(abs(quantile - value) <= 0.0005 + 1e-9)
      let mirrored = StudentT.quantile(1 - probability, degreesOfFreedom: degrees)
      #expect(abs(mirrored + quantile) < 1e-9 * quantile)
    }
  }

  @Test func tQuantilesMatchToManyDigits() {
    // SciPy 1.17.
    let fractional = StudentT.quantile(0.975, degreesOfFreedom: 2.5)
    #expect(abs(fractional - 3.5746548420036817) < 1e-10)
    let usual = StudentT.quantile(0.975, degreesOfFreedom: 4)
    #expect(abs(usual - 2.7764451051977934) < 1e-11)
    #expect(abs(StudentT.cdf(-5, degreesOfFreedom: 30) / 1.16483427335039e-05 - 1) < 1e-9)
  }

  @Test(arguments: [-40.0, -3, -0.5, 0, 0.2, 1, 7])
  func tMatchesItsClosedForms(t: Double) {
    #expect(abs(StudentT.cdf(t, degreesOfFreedom: 1) - (0.5 + atan(t) / .pi)) < 1e-13)
    let ofTwo = 0.5 + t / (2 * (2 + t * t).squareRoot())
    #expect(abs(StudentT.cdf(t, degreesOfFreedom: 2) - ofTwo) < 1e-13)
    let nearlyNormal = StudentT.cdf(t, degreesOfFreedom: 1e7)
    #expect(abs(nearlyNormal - erfc(-t / 2.0.squareRoot()) / 2) < 1e-6)
  }

  @Test func logGammaMatchesFactorialsAndTheHalves() {
    var factorial = 1.0
    for n in 1...20 {
      #expect(abs(logGamma(Double(n)) - log(factorial)) < 1e-13 * max(1, log(factorial)))
      factorial *= Double(n)
    }
    #expect(abs(logGamma(0.5) - 0.5 * log(Double.pi)) < 1e-14)
    #expect(abs(logGamma(0.1) - 2.252712651734206) < 1e-13)
    #expect(abs(logGamma(1000) - 5905.220423209181) < 1e-10)
  }

  @Test func betaMatchesTheBinomialSum() {
    // I_x(k, n - k + 1) is the chance of at least k successes in n trials.
    for n in 1...12 {
      for k in 1...n {
        for x in [0.03, 0.3, 0.5, 0.77, 0.99] {
          var sum = 0.0
          for successes in k...n {
            let ways = exp(
              logGamma(Double(n + 1)) - logGamma(Double(successes + 1))
                - logGamma(Double(n - successes + 1)))
            sum += ways * pow(x, Double(successes)) * pow(1 - x, Double(n - successes))
          }
          let value = BetaDistribution.cdf(x, a: Double(k), b: Double(n - k + 1))
          #expect(abs(value - sum) < 1e-12)
          let back = BetaDistribution.quantile(value, a: Double(k), b: Double(n - k + 1))
          #expect(value > 1 - 1e-9 || abs(back - x) < 1e-8)
        }
      }
    }
    #expect(abs(BetaDistribution.cdf(0.2, a: 0.5, b: 0.5) - 0.2951672353008665) < 1e-13)
    #expect(abs(BetaDistribution.cdf(0.01, a: 1.5, b: 200) - 0.7412388483060051) < 1e-12)
  }
}
