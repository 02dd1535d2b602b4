/// Which of several entries is meant for a model.
enum BackendName {
  /// An entry for `organism` also serves `organism-null`, so that a positive and a negative control
  /// are treated alike; the longest fitting name counts.
  static func best(of names: [String], for backend: String) -> String? {
    names.filter { backend == $0 || backend.hasPrefix($0 + "-") }.max { $0.count < $1.count }
  }
}
