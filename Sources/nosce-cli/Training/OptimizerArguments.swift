import ArgumentParser
import Foundation
import NosceEngine

/// AdamW and the course of its learning rate.
struct OptimizerArguments: ParsableArguments {
  @Option(help: "The highest learning rate.")
  var learningRate = 1e-4

  @Option(help: "How it moves after the warm-up: constant, linear or cosine.")
  var schedule = OptimizerSettings.Schedule.constant

  @Option(help: "Steps of a straight rise from 0 to the highest rate (0).")
  var warmupSteps: Int?

  @Option(help: "Instead: the part of all steps that the warm-up takes, rounded up.")
  var warmupRatio: Double?

  @Option(help: "The step at which linear and cosine have fallen; by default the last.")
  var scheduleSteps: Int?

  @Option(help: "The part of the highest rate that linear and cosine end on.")
  var finalFraction = 0.0

  @Option(help: "Decoupled weight decay, on every number of the adapter.")
  var weightDecay = 0.0

  @Option(help: "The decay of the gradients' mean.")
  var beta1 = 0.9

  @Option(help: "The decay of the gradients' squares.")
  var beta2 = 0.999

  @Option(help: "Added to the root of the squares.")
  var epsilon = 1e-8

  @Option(help: "The gradient's norm is brought down to this where it is larger, or none.")
  var clipNorm = ClipNorm.at(1)

  func validate() throws {
    func need(_ holds: Bool, _ message: String) throws {
      if !holds { throw ValidationError(message) }
    }
    try need(
      learningRate >= 0 && learningRate.isFinite, "--learning-rate must be a number from 0.")
    try need(warmupSteps ?? 0 >= 0, "--warmup-steps must not be negative.")
    try need(
      (0...1).contains(warmupRatio ?? 0), "--warmup-ratio must be from 0 to 1.")
    try need(
      warmupSteps == nil || warmupRatio == nil, "Give one of --warmup-steps and --warmup-ratio.")
    try need(scheduleSteps ?? 1 >= 1, "--schedule-steps must be at least 1.")
    try need((0...1).contains(finalFraction), "--final-fraction must be from 0 to 1.")
    try need(weightDecay >= 0 && weightDecay.isFinite, "--weight-decay must be a number from 0.")
    try need(beta1 >= 0 && beta1 < 1, "--beta1 must be at least 0 and below 1.")
    try need(beta2 >= 0 && beta2 < 1, "--beta2 must be at least 0 and below 1.")
    try need(epsilon > 0 && epsilon.isFinite, "--epsilon must be a positive number.")
  }

  func settings(steps: Int) -> OptimizerSettings {
    let warmup =
      warmupSteps ?? warmupRatio.map { Int(($0 * Double(steps)).rounded(.up)) } ?? 0
    return OptimizerSettings(
      learningRate: learningRate, warmupSteps: warmup, totalSteps: scheduleSteps ?? steps,
      schedule: schedule, finalFraction: finalFraction, beta1: beta1, beta2: beta2,
      epsilon: epsilon, weightDecay: weightDecay, clipNorm: clipNorm.value)
  }
}

extension OptimizerSettings.Schedule: ExpressibleByArgument {}

/// A bound for the gradient's norm, or none.
enum ClipNorm: ExpressibleByArgument, CustomStringConvertible {
  case none
  case at(Double)

  init?(argument: String) {
    if argument == "none" {
      self = .none
    } else if let value = Double(argument), value > 0, value.isFinite {
      self = .at(value)
    } else {
      return nil
    }
  }

  var value: Double? { if case .at(let value) = self { value } else { nil } }
  var description: String { value.map { "\($0)" } ?? "none" }
  var defaultValueDescription: String { description }
}
