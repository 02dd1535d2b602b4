/// The keys and values of a prompt that was read, whose beginning another may have in common with it.
struct ReadPrompt {
  let tokens: ArraySlice<Int32>
  /// The length of the sequence as which it was read, on which some rotary angles hang.
  let length: Int
  let adapter: AdapterOperands?
  let cache: KeyValueCache

  /// A cache for another prompt, with what this one has in common with it already there.
  ///
  /// What is copied is, to the last bit, what would be read again, and so is what is read behind it: a
  /// row does not depend on those beside it, and attention sums by blocks of 16 positions, of which only
  /// whole ones are copied. The angles must be the same for both lengths. The last token is left to be
  /// read in any case, since something is asked for behind it.
  static func cache(
    for tokens: ArraySlice<Int32>, length: Int, capacity: Int, adapter: AdapterOperands?,
    behind last: ReadPrompt?, _ configuration: ModelConfiguration
  ) -> KeyValueCache {
    let cache = KeyValueCache(configuration, capacity: capacity)
    guard let last, last.adapter === adapter, configuration.sharesAngles(last.length, length)
    else { return cache }
    let common = zip(tokens, last.tokens).prefix { $0 == $1 }.count
    let whole = min(common, last.cache.count, tokens.count - 1) / 16 * 16
    if whole > 0 { cache.copy(from: last.cache, upTo: whole) }
    return cache
  }
}
