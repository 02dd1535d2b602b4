import Foundation

extension Process {
  /// Starts it with no signal blocked. Swift's own threads hear none, and a program inherits that from the
  /// thread that starts it: it would never hear that it is to end.
  ///
  /// - Parameter name: what errors call it.
  package func startHearingSignals(_ name: String) throws(LabError) {
    var (none, own) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &own)
    defer { pthread_sigmask(SIG_SETMASK, &own, nil) }
    do {
      try run()
    } catch {
      throw LabError(
        .backend, "\(name): cannot be started: \(Storage.reason(for: error))", cause: error)
    }
  }
}
