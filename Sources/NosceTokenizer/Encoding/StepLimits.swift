/// Limits on what the steps of a file may do to a text: a file of a few lines could otherwise make
/// gigabytes of it.
struct StepLimits {
  static let maximumSteps = 64
  /// Published tokenizers replace one character by another, or by three bytes.
  static let maximumGrowth = 64

  private let reader: ComponentReader
  private var steps = 0
  private var growth = 1

  init(_ reader: ComponentReader) { self.reader = reader }

  /// Counts a step that can make a text so many times as long.
  mutating func count(growth factor: Int = 1) throws(TokenizerError) {
    steps += 1
    growth = min(growth, Self.maximumGrowth + 1) * min(max(1, factor), Self.maximumGrowth + 1)
    guard steps <= Self.maximumSteps else {
      throw reader.failure("more steps", allowed: "at most \(Self.maximumSteps)")
    }
    guard growth <= Self.maximumGrowth else {
      throw reader.failure(
        "steps that can make a text more than \(Self.maximumGrowth) times as long",
        allowed: "steps that keep its length within that")
    }
  }
}
