import Foundation

/// The natural logarithm of the gamma function for positive numbers.
///
/// Stirling's series after shifting the argument above 10; written out because the C library's
/// function keeps a global sign variable and differs between platforms.
package func logGamma(_ x: Double) -> Double {
  precondition(x > 0, "logGamma is defined here for positive numbers only")
  var argument = x
  var product = 1.0
  while argument < 10 {
    product *= argument
    argument += 1
  }
  let inverse = 1 / argument
  let square = inverse * inverse
  // The coefficients are B(2k) / (2k (2k - 1)) with the Bernoulli numbers B.
  let series =
    inverse
    * (1.0 / 12
      - square
      * (1.0 / 360
        - square * (1.0 / 1260 - square * (1.0 / 1680 - square * (1.0 / 1188)))))
  return (argument - 0.5) * log(argument) - argument + 0.5 * log(2 * Double.pi) + series
    - log(product)
}
