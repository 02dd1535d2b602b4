import Foundation

/// Memory of plain numbers at a fixed address, aligned for vector instructions.
///
/// A buffer is not safe to share by itself; the types that own one say when theirs may be.
final class Buffer<Element: BitwiseCopyable & Numeric> {
  /// How many elements are in use: as many as were last asked for.
  private(set) var count: Int
  /// How many elements there is room for.
  private(set) var capacity: Int
  private(set) var pointer: UnsafeMutablePointer<Element>

  init(count: Int = 0) {
    pointer = Self.allocate(count)
    self.count = count
    capacity = count
  }

  convenience init(copying source: UnsafePointer<Element>, count: Int) {
    self.init(count: count)
    pointer.update(from: source, count: count)
  }

  convenience init(_ values: [Element]) {
    self.init(count: values.count)
    for (index, value) in values.enumerated() { pointer[index] = value }
  }

  deinit { UnsafeMutableRawPointer(pointer).deallocate() }

  /// Takes so many elements into use; what was in them is lost when the memory has to grow.
  func reserve(_ wanted: Int) {
    count = wanted
    if wanted > capacity { grow(to: Self.capacity(for: wanted)) }
  }

  /// The same without room to grow, for what is as large as a model.
  func reserveExactly(_ wanted: Int) {
    count = wanted
    if wanted > capacity { grow(to: wanted) }
  }

  /// Sets the elements in use to zero.
  func clear() { pointer.update(repeating: 0, count: count) }

  /// The elements in use.
  var array: [Element] { Array(UnsafeBufferPointer(start: pointer, count: count)) }

  /// How many bytes it takes.
  var byteCount: Int { capacity * MemoryLayout<Element>.stride }

  /// How many bytes an empty buffer takes once so many elements are reserved.
  static func byteCount(reserving wanted: Int) -> Int {
    capacity(for: wanted) * MemoryLayout<Element>.stride
  }

  /// A quarter more than is asked for, so that a slightly larger batch needs no new memory.
  private static func capacity(for wanted: Int) -> Int { wanted + wanted / 4 }

  private func grow(to capacity: Int) {
    UnsafeMutableRawPointer(pointer).deallocate()
    self.capacity = capacity
    pointer = Self.allocate(capacity)
  }

  private static func allocate(_ count: Int) -> UnsafeMutablePointer<Element> {
    let bytes = max(count * MemoryLayout<Element>.stride, 64)
    let raw = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    let typed = raw.bindMemory(to: Element.self, capacity: count)
    typed.initialize(repeating: 0, count: count)
    return typed
  }
}
