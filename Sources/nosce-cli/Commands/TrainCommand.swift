import ArgumentParser
import Foundation
import NosceApp
import NosceCore
import NosceEngine
import NosceFormats
import NosceLocal
import NoscePorts
import NosceReport
import NosceRows
import NosceText

/// A LoRA fine-tuning on its own.
struct TrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Fine-tune a checkpoint with LoRA on rows of a file.",
    discussion: """
      Each line of --data is one of
        {"messages": [{"role": "user", "content": "…"}, …]}
        {"text": "…"}
        {"prompt": "…", "completion": "…"}    texts, or lists of messages
        {"input_ids": [1, 2, 3], "labels": [-100, 2, 3]}
      The assistant's turns are trained on, unless they have "weight": 0; of a prompt nothing is. \
      The loss of a step is the mean over all its target tokens. The same settings give the same \
      bytes on one kind of machine, whatever the number of threads.

      The adapter is written in PEFT form, whole or not at all: a training that is stopped leaves \
      none, and one that has moved no logit is an error.
      """)

  @OptionGroup(title: "Files") var files: TrainingFiles
  @OptionGroup(title: "Files") var template: TemplateArguments
  @OptionGroup(title: "Rows") var batches: BatchArguments
  @OptionGroup(title: "Adapter") var adapter: AdapterArguments
  @OptionGroup(title: "Optimizer") var optimizer: OptimizerArguments
  @OptionGroup(title: "Computing") var computing: ComputingArguments

  @Option(
    help: """
      Parts that a step's sums are taken in, for so many threads at most; part of the result. \
      Without it the model's own number: 1 for a small model, 2 for a larger one.
      """)
  var shards: Int?

  @Option(
    help: "Write the gradients of one step to this safetensors file, and train nothing.",
    completion: .file(extensions: ["safetensors"]))
  var gradients: String?

  @Option(help: "Which step's rows --gradients takes, at the adapter's start.")
  var gradientsStep = 1

  @Flag(help: "Print one JSON document.")
  var json = false

  func validate() throws {
    guard (files.out != nil) != (gradients != nil) else {
      throw ValidationError(
        "Give --out FOLDER for the adapter, or --gradients FILE to train nothing.")
    }
    if files.log != nil, gradients != nil {
      throw ValidationError("--gradients takes no step, so that there is nothing to --log.")
    }
    if let shards, shards < 1 { throw ValidationError("--shards must be at least 1.") }
    if gradientsStep < 1 { throw ValidationError("--gradients-step must be at least 1.") }
  }

  func run() async throws {
    let target = try files.out.map {
      try AdapterTarget($0, overwrite: files.overwrite)
    }
    for (option, path) in [("--log", files.log), ("--gradients", gradients)] {
      if let path { try check(URL(fileURLWithPath: path), option, target) }
    }
    let given = try template.given()
    let place = try ModelLocator.place(files.subject)
    // Rows are read before the weights: a wrong line is then said at once.
    let rows = try files.data.flatMap { try RowFile.read(URL(fileURLWithPath: $0)) }
    if let start = adapter.`init` {
      try Console.warn(
        ofTemplate: given, adapter: try ModelLocator.adapter(start, option: "--init"))
    }
    let run = try prepare(rows, place, given)
    let plan = TrainingPlan(
      modelName: place.lastingName, run: run,
      files: files.data.map { URL(fileURLWithPath: $0).standardizedFileURL.path },
      template: given)
    Console.complain(plan.text)
    if let gradients {
      try writeGradients(of: run, plan, to: URL(fileURLWithPath: gradients))
    } else if let target {
      try await train(run, plan, place, target, given)
    }
  }

  /// Refuses a file that cannot be written, or that would take the place of something else.
  private func check(_ file: URL, _ option: String, _ target: AdapterTarget?) throws {
    let path = file.standardizedFileURL.path
    if let target, path.hasPrefix(target.folder.path + "/") {
      throw LabError(
        .storage,
        "\(option): found a file in the adapter's folder, which is replaced as a whole; allowed: "
          + "one outside of \(target.folder.path)")
    }
    let data = files.data.map { URL(fileURLWithPath: $0).standardizedFileURL.path }
    if data.contains(path) {
      throw LabError(.storage, "\(option): found a file of --data; allowed: another file")
    }
    try Storage.checkFile(file)
  }

  private func prepare(
    _ rows: [NumberedRow], _ place: ModelLocator.Place, _ template: GivenTemplate?
  ) throws -> AdapterRun {
    let model = try LanguageModel(
      place.files, precision: computing.dtype.precision)
    computing.warn(model)
    let configuration = model.configuration
    if let limit = batches.maxLength, limit > configuration.maximumPositions {
      throw LabError(
        .invalidExperiment,
        "--max-length: found \(limit); "
          + "allowed: at most \(configuration.maximumPositions), the model's positions")
    }
    let needsText = rows.contains { if case .tokens = $0.row { false } else { true } }
    let encoder = RowEncoder(
      text: needsText
        ? try CheckpointText(place.files, model: configuration, template: template) : nil,
      model: configuration, maximumLength: batches.maxLength,
      overlength: batches.truncate
        ? .truncate : .refuse(hint: "--truncate keeps the beginning of longer rows"),
      endsTexts: !batches.noEndToken)
    let examples = try rows.map(encoder.example)
    let plan = batches.plan(rows: examples.count)
    let steps = batches.steps(of: plan)
    return AdapterRun(
      model: model, examples: examples,
      start: try adapter.adapter(for: configuration, seed: batches.seed),
      optimizer: optimizer.settings(steps: steps), plan: plan, steps: steps,
      shards: shards ?? model.adapterShards, threads: computing.threads)
  }

  // MARK: Training

  private func train(
    _ run: AdapterRun, _ plan: TrainingPlan, _ place: ModelLocator.Place, _ target: AdapterTarget,
    _ template: GivenTemplate?
  ) async throws {
    let training = AdapterTraining(
      run, to: target, baseModel: place.baseName, log: files.log, template: template)
    let result = try await Interruption.cleanly {
      do {
        return try await Console.following { try await training.train($0) }
      } catch is CancellationError {
        Console.complain("Stopped; no adapter was written.")
        throw CancellationError()
      }
    }
    try report(result, plan, target)
  }

  private func report(
    _ result: AdapterTraining.Result, _ plan: TrainingPlan, _ target: AdapterTarget
  ) throws {
    let (first, last) = (result.firstLoss, result.lastLoss)
    let change = result.largestLogitChange
    if json {
      let document = JSON.object(
        plan.members + [
          ("adapter", .string(target.folder.path)),
          ("first_loss", .double(first)), ("last_loss", .double(last)),
          ("largest_logit_change", .float(change)),
          ("trained_target_tokens", .integer(result.targetTokens)),
          ("seconds", .double(result.seconds)),
          ("peak_memory_bytes", .integer(ProcessMemory.peak)),
        ])
      try Console.say(document.text())
      return
    }
    try Console.say(
      """
      \(target.path): \(Number.count(plan.run.steps, "step")) in \
      \(Number.duration(result.seconds)), loss \(Number.value(first)) to \(Number.value(last)), \
      largest change of any logit \(Number.value(Double(change))), \
      \(TrainingPlan.bytes(ProcessMemory.peak)) of memory.
      """)
  }

  // MARK: Gradients

  private func writeGradients(of run: AdapterRun, _ plan: TrainingPlan, to url: URL) throws {
    let (step, factors) = try run.gradients(ofStep: gradientsStep)
    let tensors = factors.flatMap { path, factors in
      [
        NamedTensor(
          name: "base_model.model.\(path).lora_A.weight",
          shape: [factors.rank, factors.inputSize], values: factors.a),
        NamedTensor(
          name: "base_model.model.\(path).lora_B.weight",
          shape: [factors.outputSize, factors.rank], values: factors.b),
      ]
    }
    try SafetensorsWriter.write(tensors, to: url)
    if json {
      let document = JSON.object(
        plan.members + [
          ("gradients", .string(url.path)), ("step", .integer(gradientsStep)),
          ("loss", .double(step.loss)), ("gradient_norm", .double(step.gradientNorm)),
          ("step_target_tokens", .integer(step.targetTokens)),
        ])
      try Console.say(document.text())
    } else {
      try Console.say(
        "\(url.relativePath): \(Number.count(tensors.count, "gradient")) of step "
          + "\(gradientsStep), loss \(Number.value(step.loss)), "
          + "norm \(Number.value(step.gradientNorm)).")
    }
  }
}
