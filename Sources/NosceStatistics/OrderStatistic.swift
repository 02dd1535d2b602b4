/// The value that would stand at a place if the values were sorted, which they are only as far as that
/// takes (Hoare's selection).
///
/// - Precondition: all values are finite, and the place is one of theirs.
func value(at index: Int, ofSorted values: inout [Double]) -> Double {
  var low = 0
  var high = values.count - 1
  while low < high {
    let middle = values[low + (high - low) / 2]
    let pivot = max(min(values[low], values[high]), min(max(values[low], values[high]), middle))
    var first = low
    var last = high
    while first <= last {
      while values[first] < pivot { first += 1 }
      while values[last] > pivot { last -= 1 }
      guard first <= last else { break }
      values.swapAt(first, last)
      first += 1
      last -= 1
    }
    if index <= last {
      high = last
    } else if index >= first {
      low = first
    } else {
      break
    }
  }
  return values[index]
}
