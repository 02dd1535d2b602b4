/// Places for labels in a column, each as near to what it names as the others let it be.
enum LabelPlaces {
  /// At least `gap` apart, inside the range where that has room, and in the order of what is wanted.
  static func spread(_ wanted: [Double], gap: Double, within range: ClosedRange<Double>) -> [Double]
  {
    let order = wanted.indices.sorted { (wanted[$0], $0) < (wanted[$1], $1) }
    var places = wanted
    var next = range.lowerBound
    for index in order {
      places[index] = max(wanted[index], next)
      next = places[index] + gap
    }
    var last = range.upperBound
    for index in order.reversed() {
      places[index] = min(places[index], last)
      last = places[index] - gap
    }
    return places
  }
}
