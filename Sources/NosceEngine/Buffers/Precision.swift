import CNosceKernels

/// The number format of the matrix products' inputs. Weights, sums, norms, softmax, loss and
/// optimizer are 32-bit floats either way.
package enum Precision: String, Sendable, CaseIterable {
  case float32
  case bfloat16

  /// What this machine computes when asked for `self`: bfloat16 needs a processor that has it.
  package var available: Precision {
    self == .bfloat16 && !nosce_has_bfloat16() ? .float32 : self
  }

  var type: nosce_type { self == .float32 ? nosce_float32 : nosce_bfloat16 }

  var byteWidth: Int { self == .float32 ? 4 : 2 }

  /// Row counts are padded to a multiple of this. Every distinct bfloat16 shape costs a generated
  /// kernel, so there are few of them; 32-bit products take any shape at no cost.
  var rowMultiple: Int { self == .float32 ? 1 : 64 }

  func padded(_ rows: Int) -> Int { (rows + rowMultiple - 1) / rowMultiple * rowMultiple }
}
