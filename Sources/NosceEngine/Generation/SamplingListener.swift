/// Somebody who waits for one continuation, token by token. Called on the engine's threads.
package protocol SamplingListener: Sendable {
  /// Whether nobody waits any longer; asked between steps, and the continuation is then given up.
  var isGone: Bool { get }

  /// The tokens of the prompt behind the first, where they were asked for.
  func read(_ reports: [TokenReport])

  /// A token that is part of the continuation. The report is there where one was asked for.
  func drew(_ token: Int32, _ report: TokenReport?)

  /// The last that is heard, unless nobody waits; with the report of a stop token, which is no part of the
  /// continuation.
  func ended(_ finish: SampledSequence.Finish, _ stop: TokenReport?)

  /// The same where a number is not finite; other continuations go on.
  func failed(_ error: EngineError)
}
