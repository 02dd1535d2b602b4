/// Unicode's composed normal form (NFC), which most text is in already.
package enum CanonicalComposition {
  private static let form = NormalForm(isComposed: true, isCompatible: false)

  /// Only the places where something may change are looked at closely.
  package static func apply(_ text: [UInt8]) -> [UInt8] {
    text.withUnsafeBufferPointer { bytes in
      guard var start = firstDoubt(in: bytes, from: 0) else { return text }
      var result: [UInt8] = []
      result.reserveCapacity(text.count)
      var end = 0
      while true {
        // A mark composes with what stands before it.
        let before = scalarStart(before: start, in: bytes, downTo: end)
        result.append(contentsOf: bytes[end..<before])
        end = doubtEnd(in: bytes, from: start)
        result += form.apply(UnsafeBufferPointer(rebasing: bytes[before..<end]))
        guard let next = firstDoubt(in: bytes, from: end) else { break }
        start = next
      }
      result.append(contentsOf: bytes[end...])
      return result
    }
  }

  private static func firstDoubt(
    in text: UnsafeBufferPointer<UInt8>, from start: Int
  ) -> Int? {
    var position = start
    while position < text.count {
      // Below U+0300 there are no marks, and nothing that has another form.
      if text[position] < 0xCC {
        position += 1
        continue
      }
      let (value, length) = text.scalar(at: position)
      if !isUnaffected(value) { return position }
      position += length
    }
    return nil
  }

  private static func doubtEnd(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    var position = start
    while position < text.count {
      let (value, length) = text.scalar(at: position)
      if isUnaffected(value) { break }
      position += length
    }
    return position
  }

  private static func scalarStart(
    before position: Int, in text: UnsafeBufferPointer<UInt8>, downTo lowest: Int
  ) -> Int {
    guard position > lowest else { return position }
    var position = position - 1
    while position > lowest, text[position] & 0xC0 == 0x80 { position -= 1 }
    return position
  }

  private static func isUnaffected(_ value: UInt32) -> Bool {
    if value < 0x300 { return true }
    if value <= 0xFFFF { return unaffected[Int(value >> 6)] >> UInt64(value & 63) & 1 == 1 }
    // Pictographs, and the ideographs beyond the first plane that are no compatibility forms.
    return 0x1_F000...0x1_FAFF ~= value || 0x2_0000...0x2_F7FF ~= value
  }

  /// The characters of the first plane that stay as they are and compose with nothing before them:
  /// a bit for each.
  private static let unaffected: [UInt64] = {
    var bits = [UInt64](repeating: 0, count: 0x1_0000 / 64)
    for value in 0x300...0xFFFF as ClosedRange<UInt32> {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let properties = scalar.properties
      switch properties.generalCategory {
      case .nonspacingMark, .spacingMark, .enclosingMark: continue
      default: break
      }
      // The parts of Hangul syllables are letters that compose.
      if properties.isFullCompositionExclusion || 0x1100...0x11FF ~= value { continue }
      bits[Int(value >> 6)] |= 1 << UInt64(value & 63)
    }
    return bits
  }()
}
