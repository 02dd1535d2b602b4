import CNosceKernels

/// An adapter's factors, packed for the products that read them and refreshed after every change.
///
/// `@unchecked Sendable`: a trainer's is changed between passes only, by the trainer that owns it;
/// a subject's is never changed after `init`.
final class AdapterOperands: @unchecked Sendable {
  /// The factors of the modules that share an input.
  struct Site {
    /// (rank, in), module by module
    let a: PackedMatrix
    /// (out, rank), one for each module
    let b: [PackedMatrix]
    let layout: AdapterLayout.Site
  }

  let layout: AdapterLayout
  /// Every factor where the layout places it: (`layout.count`)
  let values: Buffer<Float>
  /// Everything that the adapter adds is multiplied by this.
  let strength: Float
  private let arena: PackedArena
  private let sites: [[Site?]]

  init(
    layout: AdapterLayout, values: Buffer<Float>, precision: Precision, strength: Float = 1
  ) throws(EngineError) {
    self.layout = layout
    self.values = values
    self.strength = strength
    arena = try PackedArena(byteCount: Self.packedBytes(layout, precision))
    var place = arena.pointer
    func take(_ outputs: Int, _ inputs: Int) -> PackedMatrix {
      defer {
        place += PackedMatrix.byteCount(outputs: outputs, inputs: inputs, precision)
      }
      return PackedMatrix(outputs: outputs, inputs: inputs, precision: precision, pointer: place)
    }
    sites = layout.sites.map { layer in
      layer.map { site in
        site.map { site in
          Site(
            a: take(site.rank, site.inputSize),
            b: site.modules.map { take($0.outputSize, $0.rank) }, layout: site)
        }
      }
    }
    refresh()
  }

  /// How many bytes the packed factors take.
  static func packedBytes(_ layout: AdapterLayout, _ precision: Precision) -> Int {
    layout.sites.joined().compactMap(\.self).reduce(0) { sum, site in
      site.modules.reduce(
        sum + PackedMatrix.byteCount(outputs: site.rank, inputs: site.inputSize, precision)
      ) {
        $0 + PackedMatrix.byteCount(outputs: $1.outputSize, inputs: $1.rank, precision)
      }
    }
  }

  convenience init(
    _ adapter: LoRAAdapter, precision: Precision, strength: Float = 1
  ) throws(EngineError) {
    try self.init(
      layout: adapter.layout, values: Buffer(adapter.values), precision: precision,
      strength: strength)
  }

  func refresh() {
    for site in sites.joined() {
      guard let site else { continue }
      site.a.pack(first: 0, count: site.a.outputs, from: values.pointer + site.layout.offsetA)
      for (module, b) in zip(site.layout.modules, site.b) {
        b.pack(first: 0, count: b.outputs, from: values.pointer + module.offsetB)
      }
    }
  }

  func site(_ layer: Int, _ place: AdapterPlace) -> Site? { sites[layer][place.rawValue] }
}

/// Neighbouring rows of a pass that are one subject's.
struct AdapterSpan {
  let rows: Range<Int>
  let operands: AdapterOperands
}
