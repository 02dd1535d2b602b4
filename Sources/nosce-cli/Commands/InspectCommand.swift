import ArgumentParser
import Foundation
import NosceApp
import NosceEngine
import NosceFormats
import NosceLocal

/// What a checkpoint or an adapter is.
struct InspectCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Say what a checkpoint or an adapter is, and what is odd.",
    discussion: """
      Of a checkpoint: its family and sizes, its tokenizer and chat template, what is unusual about \
      it, and how much memory it takes. The weights are not loaded. What Nosce cannot use is \
      described too, with the reason. Of an adapter: what it changes, and with --base whether it \
      fits that model and is live.
      """)

  @Argument(
    help: ArgumentHelp("What to look at: an adapter folder, or " + ModelLocator.help),
    completion: Completions.models)
  var path: String

  @Option(help: "The model that an adapter is tried on.", completion: Completions.models)
  var base: String?

  @OptionGroup var template: TemplateArguments

  @Flag(help: "Print one JSON document.")
  var json = false

  func run() async throws {
    let given = try template.given()
    let place = try ModelLocator.place(path, option: "PATH")
    let folder = place.files.folder
    func has(_ name: String) -> Bool {
      guard let folder else { return false }
      return FileManager.default.fileExists(atPath: folder.appending(path: name).path)
    }
    let isAdapter = has("adapter_config.json") && !has("config.json")
    guard isAdapter || base == nil else {
      throw ValidationError("--base goes with an adapter folder.")
    }
    guard !isAdapter || given == nil else {
      throw ValidationError("--chat-template goes with a model.")
    }
    if isAdapter, let folder {
      try inspectAdapter(folder, place)
    } else {
      let inspection = try CheckpointInspection(place.files, template: given)
      try Console.say(
        json
          ? InspectionReport.json(inspection, name: place.lastingName).text()
          : InspectionReport.text(inspection, name: place.lastingName))
    }
  }

  private func inspectAdapter(_ folder: URL, _ place: ModelLocator.Place) throws {
    let inspection = try AdapterInspection(directory: folder)
    let other = try base.map { try ModelLocator.place($0, option: "--base") }
    let fit = try other.map {
      try inspection.fit(try LanguageModel($0.files, precision: .float32))
    }
    let report = AdapterReport(
      inspection: inspection, name: place.lastingName, base: other?.lastingName, fit: fit)
    try Console.say(json ? report.json.text() : report.text)
  }
}
