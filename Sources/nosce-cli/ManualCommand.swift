import ArgumentParser
import Foundation
import NosceApp
import NosceFormats

/// Prints the manual page of all commands, which `make install` installs.
struct ManualCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manual", abstract: "Print the manual page nosce.1.", shouldDisplay: false)

  func run() async throws {
    let commands = try JSON(parsing: Data(Nosce._dumpHelp().utf8))
    try Console.write(ManualPage(commands: commands, version: Version.text).text())
  }
}
