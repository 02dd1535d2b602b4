import NosceCore

extension Interval {
  var width: Double { upper - lower }
}
