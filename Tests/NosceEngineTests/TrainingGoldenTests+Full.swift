import Foundation
import NosceEngine
import Testing

extension TrainingGoldenTests {
  static let wholeModels = Golden.paths(in: "families/fullft")

  @Test("a step on all weights of other families", arguments: wholeModels)
  func wholeModel(_ path: String) throws {
    let golden = try Golden(path)
    guard let name = golden.root["model"] as? String else { throw EngineError("no model") }
    let trainer = FullTrainer(
      try Golden("families/models/" + name).parameters(), optimizer: settings(golden.root))
    let steps = trainingSteps(golden.root["steps"])
    let log = golden.objects("log")
    #expect(!steps.isEmpty && steps.count == log.count)
    for (index, (step, expected)) in zip(steps, log).enumerated() {
      let report = try trainer.step(step)
      #expect(abs(report.loss - double(expected["loss"])) <= 2e-4)
      let norm = double(expected["grad_norm_before_clip"])
      #expect(abs(report.gradientNorm - norm) <= 1e-3 * norm)
      guard index == 0 else { continue }
      let file = try SafetensorsFile(
        contentsOf: golden.directory.appendingPathComponent("grads_first_step.safetensors"))
      #expect(Set(file.names) == Set(trainer.gradients.keys))
      for (name, gradient) in trainer.gradients {
        #expect(distance(gradient, try file.floats(name)) <= 1e-4, "\(name)")
      }
    }
    let after = try SafetensorsFile(
      contentsOf: golden.directory.appendingPathComponent("after.safetensors"))
    let noisy = Set((golden.root["params_after_noise"] as? [String: Any] ?? [:]).keys)
    let rate = Float(double(golden.root["lr"])) * Float(steps.count)
    for name in after.names {
      // Adam gives gradients that are zero in exact arithmetic a random sign: the golden file lists
      // the tensors that have such.
      let found = trainer.parameters.values(of: name) ?? []
      let limit = noisy.contains(name) ? 2 * rate : 1e-4
      #expect(distance(found, try after.floats(name)) <= limit, "\(name)")
    }
  }
}
