import NosceCore
import NoscePorts

/// Lines with given beginnings, as a model would write them that has nothing to say.
extension ScriptedSubject {
  func lines(_ starts: LineStarts, _ request: SampleRequest) throws -> Completion {
    guard script.capabilities.starts else {
      throw failure(
        "found an answer whose lines begin with given letters; allowed: none, by its capabilities")
    }
    try starts.check()
    // A rule that fails does so here as well.
    _ = try rule(for: request.chat, prefill: request.prefill, seed: request.seed, { _ in false })
    let question = request.chat.last { $0.role == .user }?.content ?? ""
    let seed = script.capabilities.seeds ? request.seed : counts.nextDraw()
    var draws = SeededGenerator(
      seed: seed, labStream: "\(adapter.name)|lines|\(starts.word)|\(question)")
    var lines: [String] = []
    for line in starts.lines {
      let letters = line.sorted()
      let drawn = (0..<starts.draws).lazy.map { _ in
        let number = 100 + draws.index(below: 900)
        return "\(letters[draws.index(below: letters.count)])oad \(number) comes to mind."
      }.first { !starts.avoidedLines.contains($0) && !lines.contains($0) }
      guard let drawn else {
        return Completion(
          text: lines.joined(separator: "\n"), tokenCount: 5 * lines.count, finish: .length)
      }
      lines.append(drawn)
    }
    return Completion(
      text: lines.joined(separator: "\n"), tokenCount: 5 * lines.count, finish: .stop)
  }
}
