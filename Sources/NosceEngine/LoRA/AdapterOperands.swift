import CNosceKernels

/// An adapter's factors in the form that products read, refreshed after every change.
final class AdapterOperands {
  let layout: AdapterLayout
  let values: Buffer<Float>
  private let halves: Buffer<UInt16>?

  init(layout: AdapterLayout, values: Buffer<Float>, precision: Precision) {
    self.layout = layout
    self.values = values
    halves = precision == .bfloat16 ? Buffer(count: layout.count) : nil
    refresh()
  }

  convenience init(_ adapter: LoRAAdapter, precision: Precision) {
    self.init(layout: adapter.layout, values: Buffer(adapter.values), precision: precision)
  }

  func refresh() {
    guard let halves else { return }
    nosce_to_bfloat16(nosce_best_level(), layout.count, values.pointer, halves.pointer)
  }

  func matrix(_ offset: Int) -> Operand {
    if let halves {
      return Operand(pointer: UnsafeMutableRawPointer(halves.pointer), precision: .bfloat16).at(
        offset)
    }
    return Operand(pointer: UnsafeMutableRawPointer(values.pointer), precision: .float32).at(offset)
  }

  func site(_ layer: Int, _ place: AdapterPlace) -> AdapterLayout.Site? {
    layout.sites[layer][place.rawValue]
  }
}
