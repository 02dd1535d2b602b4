import ArgumentParser

/// Which of the processor's instructions every program may use.
enum Instructions: String, ExpressibleByArgument, CaseIterable, Decodable, Sendable {
  case all
  /// What a processor has that has neither AVX-512 nor bfloat16 products.
  case avx2

  /// The variables by which each library is held to it. MKL heeds its own on Intel's processors only,
  /// and on others takes what it finds, which is to the peers' advantage.
  var environment: [String: String] {
    switch self {
    case .all: [:]
    case .avx2:
      [
        "NOSCE_MAX_ISA": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2", "DNNL_MAX_CPU_ISA": "AVX2",
        "ATEN_CPU_CAPABILITY": "avx2", "MKL_ENABLE_INSTRUCTIONS": "AVX2",
      ]
    }
  }
}
