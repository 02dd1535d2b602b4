import NoscePorts

/// What a subject gave back for one ask.
package enum RawAnswer: Sendable, Hashable {
  case completion(Completion)
  /// The log-probability of each candidate, and the base model's where it is to be taken away.
  case scores([Double], less: [Double]?)
  /// So many of the candidates have a log-probability that nobody knows.
  case unknown(Int)
  /// There was nothing to continue.
  case none

  /// Why a drawn answer ended.
  package var finish: FinishReason? {
    if case .completion(let completion) = self { completion.finish } else { nil }
  }
}
