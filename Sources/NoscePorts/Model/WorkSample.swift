import NosceCore
import NosceRows

/// A part of the work of a plan that stands for all of it: what a backend times before a run.
package struct WorkSample: Sendable {
  /// Answers that are sampled at a time, and how many there are of their kind in all.
  package struct Sampling: Sendable {
    package var answers: Int
    package var requests: [SampleRequest]
    /// The probe that asks.
    package var probe: String

    package init(answers: Int, requests: [SampleRequest], probe: String = "") {
      self.probe = probe
      self.answers = answers
      self.requests = requests
    }
  }

  /// Given texts behind one prompt, and how many prompts there are of their kind in all.
  package struct Scoring: Sendable {
    package var prompts: Int
    package var request: ScoreRequest
    /// The one that is asked behind it, whose beginning is not read again; nil where each is alone.
    package var following: ScoreRequest?
    /// How many times a first one is asked.
    package var calls: Int
    /// The probe that asks.
    package var probe: String

    package init(
      prompts: Int, request: ScoreRequest, following: ScoreRequest? = nil, calls: Int? = nil,
      probe: String = ""
    ) {
      self.probe = probe
      self.prompts = prompts
      self.request = request
      self.following = following
      self.calls = min(prompts, calls ?? prompts)
    }
  }

  /// A question as it is put, with all that stands before it.
  package struct Question: Sendable {
    package var chat: Chat
    package var prefill: String?
    /// The texts that are scored behind it; none where an answer is sampled.
    package var texts: [String]

    package init(chat: Chat, prefill: String?, texts: [String] = []) {
      self.chat = chat
      self.prefill = prefill
      self.texts = texts
    }
  }

  /// One of the trainings; nil where nothing is trained.
  package var training: (rows: [TrainingRow], settings: TrainingSettings)?
  /// How many there are.
  package var trainings: Int
  package var sampling: [Sampling]
  package var scoring: [Scoring]
  /// The longest question of each probe and task, by its characters: each must fit into the context, and
  /// the tokenizer must be able to write its texts.
  package var longest: [Question]

  package init(
    training: (rows: [TrainingRow], settings: TrainingSettings)? = nil, trainings: Int = 0,
    sampling: [Sampling] = [], scoring: [Scoring] = [], longest: [Question] = []
  ) {
    self.training = training
    self.trainings = trainings
    self.sampling = sampling
    self.scoring = scoring
    self.longest = longest
  }
}
