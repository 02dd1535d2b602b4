/// Time that passes so that a run can be watched; a task that is cancelled waits no longer.
enum Pause {
  static func seconds(_ seconds: Double) async throws {
    try Task.checkCancellation()
    if seconds > 0 { try await Task.sleep(for: .seconds(seconds)) }
  }
}
