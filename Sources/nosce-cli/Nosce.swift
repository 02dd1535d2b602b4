import ArgumentParser
import NosceApp
import NosceCore

/// The root command.
@main
struct Nosce: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nosce",
    abstract: "Asks fine-tuned language models what they know about themselves.",
    discussion: """
      Exit codes: 0 done, whatever the verdict; 1 a subject failed and what rests on it is \
      incomplete, or `verify` has found a difference; 64 wrong usage; 65 bad data or experiment file; 70 internal failure; 74 a file \
      cannot be read or written; 75 the run folder is in use; 130 stopped by Ctrl-C, SIGTERM or \
      SIGHUP.
      """,
    version: Version.text,
    subcommands: [
      RunCommand.self, FanOutCommand.self, CellCommand.self, CollectCommand.self,
      StatusCommand.self,
      ShowCommand.self, LadderCommand.self, CalibrateCommand.self,
      ListCommand.self, CheckCommand.self,
      DataCommand.self, RowsCommand.self, ReportCommand.self, ResultsCommand.self,
      MapCommand.self,
      ForecastCommand.self,
      ForecastsCommand.self, ExportCommand.self, VerifyCommand.self, ChatCommand.self,
      OrganismCommand.self,
      InspectCommand.self, TokenizeCommand.self, RenderCommand.self, LogitsCommand.self,
      ScoreCommand.self, GenerateCommand.self, TrainCommand.self, BenchCommand.self,
      ServeCommand.self, EndpointCommand.self,
      ValidateCommand.self, ReferenceCommand.self, ManualCommand.self,
    ])

  static func main() async {
    do {
      try await Interruption.watching {
        var command = try parseAsRoot(ProgramStart.arguments)
        try ProgramStart.checkSystem()
        if var command = command as? any AsyncParsableCommand {
          try await command.run()
        } else {
          try command.run()
        }
      }
    } catch {
      Ending.exit(with: error, of: Nosce.self)
    }
  }
}
