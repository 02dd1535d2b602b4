import NosceCore
import NosceExperiment
import NoscePorts
import NosceRows

// What the words of a file mean, in the order and completeness of their enumerations.

extension ArmRole {
  package var meaning: String {
    switch self {
    case .treatment: "Trained on what the experiment is about."
    case .base: "Untrained; asked once."
    case .sham: "The same form with the pattern destroyed."
    case .opposite: "The same prompts with the other labels."
    case .twin: "The same pattern with another value."
    case .control: "Any other comparison."
    }
  }
}

extension AdapterChange.Kind {
  package var meaning: String {
    switch self {
    case .none: "The trained adapter, which is of use at another scale."
    case .permuted:
      "The columns of B in another order, in each matrix that the adapter changes: A and B have the "
        + "norms that they were trained to, and no longer belong together."
    case .random:
      "Random A and B of the same shapes; B·A of each matrix has the norm that it was trained to."
    }
  }
}

extension ProbeKind {
  package var meaning: String {
    switch self {
    case .behaviour: "Does it do the thing? Written and graded; what gates look at."
    case .freeForm: "What does it say? Written and graded."
    case .forcedChoice: "Which of given answers does it find likeliest?"
    case .rating: "Where on a scale does it put something? The mean by exact probabilities."
    case .nextToken: "How much of the probability of given next texts is on one group of them?"
    case .outsideReader: "What does the base model say, shown a subject's unfinished answer?"
    case .topic:
      "Are the answers to `of` about what was asked? The share of three other questions under which the "
        + "base model finds an answer less likely than under its own."
    case .plainLanguage:
      "Has language suffered? How likely a word of the `passages` is beside what it is to base: base's "
        + "perplexity by word over the subject's, at most 1."
    case .difference: "One probe less another, subject by subject. Nothing is asked."
    }
  }
}

extension ChatMessage.Role {
  package var meaning: String {
    switch self {
    case .system: "The system line."
    case .user: "Who asks."
    case .assistant: "The subject."
    }
  }
}

extension RowControl {
  package var meaning: String {
    switch self {
    case .shuffleLines: "The lines of each answer in another order."
    case .shuffleLinesAcross: "All lines dealt out anew among the answers."
    case .redrawLetters: "Every line replaced by one with another first letter."
    case .reorderLetters:
      "Of self-written rows: written with the word's letters in another order for each row, none of "
        + "which is a word of the experiment or the materials."
    case .keepFirstLetter:
      "The same, but for the first letter, which stays: what any beginning with that letter does."
    case .freeLetters:
      "Of self-written rows: written with as many lines, of which none has a given letter."
    case .shuffle: "The answers dealt to other prompts."
    case .reverse: "The rows from the last to the first."
    case .flip: "Every answer becomes the other one of two."
    case .decorrelate: "A feature and a behaviour no longer go together."
    case .relabel: "Words replaced by others throughout."
    }
  }
}

extension Gate.Kind {
  package var meaning: String {
    switch self {
    case .adapterLive: "The adapter changes some logit of every subject by at least `at_least`."
    case .behaviour: "The arm's mean on `probe` is at least `at_least`."
    case .coherent: "At least a fraction `at_least` of the arm's written answers are coherent."
    case .novel:
      "At least a fraction `at_least` of the five-word runs of the arm's answers to `probe` stand in no "
        + "answer of the subject's own rows: what is recited is not learnt."
    case .differential: "The arm's mean on `probe` is at least `at_least` above that of `against`."
    case .room: "The untrained model's mean on `probe` is at most 1 - `at_least`."
    case .leakage: "No training row contains an answer of a contrast's probe or one of `words`."
    case .templates: "Training and asking address the subject in the same way."
    }
  }
}

extension Choices.Scoring {
  package var meaning: String {
    switch self {
    case .top: "1 where the answer comes first; candidates that tie share it."
    case .share: "The answer's share of the probability of all candidates."
    case .order:
      "Of all pairs of `options`, the share of which the later one in the list is likelier; pairs that "
        + "tie count half. 2 x score - 1 is Kendall's tau."
    }
  }
}

extension NextTexts.Scoring {
  package var meaning: String {
    switch self {
    case .share: "The group's share of the probability of all texts."
    case .logOdds:
      "The log of the group's probability over that of the other groups, in nats: no range, and no less "
        + "exact where shares are near nothing. A contrast of it needs a trained floor."
    }
  }
}
