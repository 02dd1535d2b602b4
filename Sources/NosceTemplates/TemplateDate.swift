/// The moment that a template is told it is.
///
/// A template that asks for the date would otherwise give another prompt every day.
package struct TemplateDate: Sendable, Equatable {
  package var year: Int
  package var month: Int
  package var day: Int
  package var hour: Int
  package var minute: Int
  package var second: Int

  package init(
    year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0
  ) {
    precondition((1...9999).contains(year) && (1...12).contains(month) && (1...31).contains(day))
    self.year = year
    self.month = month
    self.day = day
    self.hour = hour
    self.minute = minute
    self.second = second
  }

  /// What prompts are made with unless told otherwise.
  package static let standard = TemplateDate(year: 2026, month: 1, day: 1)

  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
  ]
  private static let weekdays = [
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
  ]

  /// Zero for Sunday.
  private var weekday: Int {
    let shifted = month < 3 ? year - 1 : year
    let offsets = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4]
    return (shifted + shifted / 4 - shifted / 100 + shifted / 400 + offsets[month - 1] + day) % 7
  }

  private var dayOfYear: Int {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return lengths.prefix(month - 1).reduce(0, +) + day
  }

  /// The date in a format of C's `strftime`.
  func text(_ format: String) throws(TemplateFault) -> String {
    var result = ""
    var rest = Array(format.unicodeScalars)[...]
    while let scalar = rest.popFirst() {
      guard scalar == "%", var directive = rest.popFirst() else {
        result.unicodeScalars.append(scalar)
        continue
      }
      var isPadded = true
      if directive == "-" {
        isPadded = false
        directive = rest.popFirst() ?? "-"
      }
      func number(_ value: Int, _ width: Int = 2) -> String {
        let digits = String(value)
        let missing = isPadded ? max(0, width - digits.count) : 0
        return String(repeating: "0", count: missing) + digits
      }
      switch directive {
      case "Y": result += number(year, 4)
      case "y": result += number(year % 100)
      case "m": result += number(month)
      case "d": result += number(day)
      case "e": result += (day < 10 && isPadded ? " " : "") + String(day)
      case "H": result += number(hour)
      case "I": result += number(hour % 12 == 0 ? 12 : hour % 12)
      case "M": result += number(minute)
      case "S": result += number(second)
      case "p": result += hour < 12 ? "AM" : "PM"
      case "j": result += number(dayOfYear, 3)
      case "B": result += Self.months[month - 1]
      case "b", "h": result += Self.months[month - 1].prefix(3)
      case "A": result += Self.weekdays[weekday]
      case "a": result += Self.weekdays[weekday].prefix(3)
      case "w": result += String(weekday)
      case "F": result += number(year, 4) + "-" + number(month) + "-" + number(day)
      case "T": result += number(hour) + ":" + number(minute) + ":" + number(second)
      case "n": result += "\n"
      case "t": result += "\t"
      case "%": result += "%"
      default: throw TemplateFault("the date format %\(directive)")
      }
    }
    return result
  }
}
