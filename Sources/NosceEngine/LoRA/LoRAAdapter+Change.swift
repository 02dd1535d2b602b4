import NosceCore

// Adapters that are made of another one by arithmetic, of the same settings and shapes.
extension LoRAAdapter {
  /// The same adapter, counting so many times as strongly: 0 leaves the base model as it is.
  package func scaled(by factor: Double) -> LoRAAdapter {
    if factor == 1 { return self }
    var result = self
    for module in layout.modules {
      // Products with zero would leave a sign behind.
      for index in module.rangeB {
        result.values[index] = factor == 0 ? 0 : Float(Double(values[index]) * factor)
      }
    }
    return result
  }

  /// The columns of each B in another order, so that each meets a row of A that it was not trained with.
  ///
  /// Every column moves. The norms of A and B stay; with rank 1 nothing can change.
  package func permuted(seed: UInt64) -> LoRAAdapter {
    var result = self
    for module in layout.modules {
      var generator = SeededGenerator(seed: seed, engineStream: module.path)
      let order = Self.cycle(of: module.rank, using: &generator)
      for row in 0..<module.outputSize {
        let start = module.offsetB + row * module.rank
        for (column, source) in order.enumerated() {
          result.values[start + column] = values[start + source]
        }
      }
    }
    return result
  }

  /// One cycle through all places, each as likely as the others (Sattolo).
  private static func cycle(of count: Int, using generator: inout SeededGenerator) -> [Int] {
    var order = Array(0..<count)
    for last in stride(from: count - 1, through: 1, by: -1) {
      order.swapAt(last, generator.index(below: last))
    }
    return order
  }

  /// Random factors in place of the trained ones: A as it is drawn before a training, B normal and then
  /// scaled so that B·A has the norm that it has here.
  package func randomised(seed: UInt64) -> LoRAAdapter {
    var result = self
    for module in layout.modules {
      var generator = SeededGenerator(seed: seed, engineStream: module.path)
      let bound = 1 / Double(module.inputSize).squareRoot()
      for index in module.rangeA {
        result.values[index] = Float((2 * generator.uniform() - 1) * bound)
      }
      for index in module.rangeB { result.values[index] = Float(generator.normal()) }
      let norm = result.productNorm(of: module)
      let factor = norm > 0 ? productNorm(of: module) / norm : 0
      for index in module.rangeB {
        result.values[index] = Float(Double(result.values[index]) * factor)
      }
    }
    return result
  }

  /// The Frobenius norm of B·A of a module, by what the rows of A and the columns of B have in common.
  package func productNorm(of module: AdapterLayout.Module) -> Double {
    let rank = module.rank
    var ofA = [Double](repeating: 0, count: rank * rank)
    var ofB = ofA
    for first in 0..<rank {
      for second in 0...first {
        var sum = 0.0
        let (one, other) = (
          module.offsetA + first * module.inputSize, module.offsetA + second * module.inputSize
        )
        for column in 0..<module.inputSize {
          sum += Double(values[one + column]) * Double(values[other + column])
        }
        ofA[first * rank + second] = sum
        ofA[second * rank + first] = sum
      }
    }
    for row in 0..<module.outputSize {
      let start = module.offsetB + row * rank
      for first in 0..<rank {
        let value = Double(values[start + first])
        for second in 0..<rank {
          ofB[first * rank + second] += value * Double(values[start + second])
        }
      }
    }
    return max(0, zip(ofA, ofB).reduce(0) { $0 + $1.0 * $1.1 }).squareRoot()
  }
}

extension AdapterLayout.Module {
  var rangeA: Range<Int> { offsetA..<offsetA + rank * inputSize }
  /// [out, rank]
  var rangeB: Range<Int> { offsetB..<offsetB + rank * outputSize }
}
