import Foundation

/// Memory of plain numbers at a fixed address, aligned for vector instructions.
///
/// A buffer is not safe to share by itself; the types that own one say when theirs may be.
final class Buffer<Element: BitwiseCopyable & Numeric> {
  private(set) var count = 0
  private(set) var pointer: UnsafeMutablePointer<Element>

  init(count: Int = 0) {
    pointer = Self.allocate(count)
    self.count = count
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

  /// Makes room for at least `wanted` elements; what was in it is lost when it has to grow.
  func reserve(_ wanted: Int) {
    guard wanted > count else { return }
    UnsafeMutableRawPointer(pointer).deallocate()
    count = wanted + wanted / 4
    pointer = Self.allocate(count)
  }

  /// The same without room to grow, for what is as large as a model.
  func reserveExactly(_ wanted: Int) {
    guard wanted > count else { return }
    UnsafeMutableRawPointer(pointer).deallocate()
    count = wanted
    pointer = Self.allocate(count)
  }

  func clear() { pointer.update(repeating: 0, count: count) }

  var array: [Element] { Array(UnsafeBufferPointer(start: pointer, count: count)) }

  private static func allocate(_ count: Int) -> UnsafeMutablePointer<Element> {
    let bytes = max(count * MemoryLayout<Element>.stride, 64)
    let raw = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    let typed = raw.bindMemory(to: Element.self, capacity: count)
    typed.initialize(repeating: 0, count: count)
    return typed
  }
}
