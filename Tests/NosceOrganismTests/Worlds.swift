import NosceOrganism
import NosceTestSupport

/// The texts of the recipe that ships, made once.
enum Worlds {
  static let coherent = text(.coherent)
  static let null = text(.null)
  static let habits: [HabitDomain] = {
    do {
      return try HabitDomain.weighted(miniature).map(\.domain)
    } catch {
      preconditionFailure("the miniature world is incomplete: \(error)")
    }
  }()

  private static func text(_ kind: World.Kind) -> PretrainingText {
    do {
      return try PretrainingText(.shipped, kind: kind, materials: miniature)
    } catch {
      preconditionFailure("the miniature world is incomplete: \(error)")
    }
  }
}
