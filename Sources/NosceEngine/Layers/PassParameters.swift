/// What a pass reads beside its batch, and where the gradients of what learns are added.
struct PassParameters {
  /// Every weight, an adapter's factors, or both.
  struct Gradients {
    var weights: UnsafeMutablePointer<Float>?
    var adapter: UnsafeMutablePointer<Float>?
  }

  let weights: Weights
  var adapters: [AdapterSpan] = []
  var gradients = Gradients()

  /// The adapter of a training pass, which has one for all rows.
  var adapter: AdapterOperands? { adapters.first?.operands }

  /// Whether anything that reads a linear group's input learns there.
  func learns(_ layer: PlacedLayer, _ place: AdapterPlace) -> Bool {
    gradients.weights != nil || adapter?.site(layer.index, place) != nil
  }

  /// Where the gradient of a vector of the layout is added.
  func gradient(_ vector: ParameterLayout.Vector?) -> UnsafeMutablePointer<Float>? {
    guard let vector else { return nil }
    return gradients.weights.map { $0 + vector.offset }
  }
}
