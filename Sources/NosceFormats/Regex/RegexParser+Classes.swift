extension RegexParser {
  /// A class in brackets, after its '[', and whether it is negated.
  mutating func characterClass() throws(RegexError) -> (set: ScalarSet, negated: Bool) {
    try enter()
    defer { depth -= 1 }
    let negated = take("^")
    var sets: [ScalarSet] = []
    var left: ScalarSet?
    var intersections = 0
    var isFirst = true
    while true {
      guard let scalar = peek() else { throw error("a '[' without its ']'") }
      if scalar == "]", !isFirst { break }
      isFirst = false
      if take("[:") {
        sets.append(try posixClass())
      } else if dialect == .oniguruma, take("&&") {
        // Intersection of all before with all after.
        intersections += 1
        guard intersections < Self.maximumDepth else { throw error("too many intersections") }
        let before = ScalarSet.union(sets)
        left = left.map { .intersection($0, before) } ?? before
        sets = []
      } else if dialect == .oniguruma, take("[") {
        let (set, negated) = try characterClass()
        sets.append(negated ? .inverse(set) : set)
      } else {
        sets.append(try rangeOrScalar())
      }
    }
    position += 1
    var set = sets.count == 1 ? sets[0] : ScalarSet.union(sets)
    if let left { set = .intersection(left, set) }
    return (set, negated)
  }

  private mutating func rangeOrScalar() throws(RegexError) -> ScalarSet {
    let first = try classItem()
    guard case .range(let low, let same) = first, low == same, peek() == "-", let next = peek(1),
      next != "]"
    else { return first }
    position += 1
    if dialect == .oniguruma, next == "[" { return .union([first, .scalar(45)]) }
    guard case .range(let high, let alsoHigh) = try classItem(), high == alsoHigh else {
      throw error("a range whose end is no single character")
    }
    guard low <= high else { throw error("a range that ends before it begins") }
    return .range(low, high)
  }

  private mutating func classItem() throws(RegexError) -> ScalarSet {
    guard let scalar = peek() else { throw error("a '[' without its ']'") }
    position += 1
    guard scalar == "\\" else { return .scalar(scalar.value) }
    if take("b") { return .scalar(8) }
    return try escapedSet(inBrackets: true)
  }

  private mutating func posixClass() throws(RegexError) -> ScalarSet {
    let negated = take("^")
    var name = ""
    while let letter = peek(), ("a"..."z").contains(letter) {
      name.unicodeScalars.append(letter)
      position += 1
    }
    guard take(":]"), let set = ScalarSet.bracketed(name) else {
      throw error("the class [:\(name.prefix(40)):]")
    }
    return negated ? .inverse(set) : set
  }

  /// What follows a backslash and stands for characters, inside brackets or outside.
  mutating func escapedSet(inBrackets: Bool) throws(RegexError) -> ScalarSet {
    guard let scalar = peek() else { throw error("a backslash at the end") }
    position += 1
    switch scalar {
    case "s": return .whitespace
    case "S": return .inverse(.whitespace)
    case "d": return .digit
    case "D": return .inverse(.digit)
    case "w": return inBrackets ? .word : .looseWord
    case "W": return .inverse(inBrackets ? .word : .looseWord)
    case "h" where dialect == .oniguruma: return .hexadecimal
    case "H" where dialect == .oniguruma: return .inverse(.hexadecimal)
    case "n": return .scalar(10)
    case "r": return .scalar(13)
    case "t": return .scalar(9)
    case "f": return .scalar(12)
    case "v": return .scalar(11)
    case "a": return .scalar(7)
    case "e" where dialect == .oniguruma: return .scalar(27)
    case "p", "P":
      return try property(negated: scalar == "P", inBrackets: inBrackets)
    case "x":
      if dialect == .oniguruma, take("{") { return .scalar(try hexadecimal(upTo: "}")) }
      return .scalar(try hexadecimal(digits: 2))
    case "u": return .scalar(try hexadecimal(digits: 4))
    case "U" where dialect == .python: return .scalar(try hexadecimal(digits: 8))
    case "a"..."z", "A"..."Z", "0"..."9":
      position -= 1
      throw error("the escape \\\(scalar)")
    default: return .scalar(scalar.value)
    }
  }

  private mutating func property(
    negated: Bool, inBrackets: Bool
  ) throws(RegexError) -> ScalarSet {
    var isInverse = negated
    var name = ""
    if take("{") {
      if take("^") { isInverse.toggle() }
      while let next = peek(), next != "}" {
        name.unicodeScalars.append(next)
        position += 1
      }
      guard take("}") else { throw error("a '{' without its '}'") }
    } else if let next = peek() {
      name.unicodeScalars.append(next)
      position += 1
    }
    guard dialect == .oniguruma, var set = ScalarSet.property(name) else {
      throw error("the property \\p{\(name.prefix(40))}")
    }
    if inBrackets, set == .looseWord { set = .word }
    return isInverse ? .inverse(set) : set
  }

  private mutating func hexadecimal(digits: Int) throws(RegexError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<digits {
      guard let next = peek(), let digit = Character(next).hexDigitValue, value < 0x1000_0000 else {
        throw error("expected \(digits) hexadecimal digits")
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }

  private mutating func hexadecimal(upTo end: String) throws(RegexError) -> UInt32 {
    var value: UInt32 = 0
    while let next = peek(), let digit = Character(next).hexDigitValue, value < 0x20_0000 {
      value = value << 4 | UInt32(digit)
      position += 1
    }
    guard take(end), value <= 0x10FFFF else { throw error("expected a code point and '}'") }
    return value
  }
}
