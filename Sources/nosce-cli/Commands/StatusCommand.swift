import ArgumentParser
import Foundation
import NosceApp
import NosceCore
import NosceFanOut

/// Says how the lines of a fan-out stand.
struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Say how the lines of a fan-out stand.",
    discussion:
      "What is done is read off the folder; what waits or runs is asked of squeue, and how what is over ended, of sacct where it is kept."
  )

  @Argument(help: "The folder that `nosce fan-out` has made.", completion: .directory)
  var folder: String

  func run() throws {
    let fanOut = try FanOutFolder.open(URL(fileURLWithPath: folder), version: Version.text)
    let lines = try fanOut.lines().map { LineStanding(of: $0, in: fanOut) }
    let submissions = try SlurmQueue.submissions(of: fanOut)
    let (queued, problem) = SlurmQueue.waiting(submissions)
    try Console.say(
      FanOutText.standing(
        lines, queued: queued, ended: SlurmQueue.endings(submissions)))
    if let problem { Console.complain("The queue was asked and gave no answer: \(problem)") }
  }
}
