/// A logit that is infinite or no number, of which no token can be drawn and no score be made.
struct UnfiniteLogit: Error {
  /// Among the rows that were asked for.
  var row: Int
  var token: Int
  var value: Float
}
