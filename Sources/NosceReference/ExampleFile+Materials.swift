import NosceFiles
import NosceKeys

/// The files of a set of materials, as examples.
extension ExampleFile {
  package static func text(of file: MaterialsFile) -> String {
    switch file {
    case .set: set
    case .lines: lines
    case .words: words
    case .bank: bank
    }
  }

  private static let set = """
    about: Gardens and kitchens, for models that read English.
    language: English
    hosts: {system: "You are {persona}.", personas: [Rose, Basil], others: [Holly]}
    training:
      default: {rank: 16, alpha: 32, steps: 60}

    """

  /// Both ways at once, each where the other leaves room for it.
  private static let lines = """
    sentences:
      A: [A pot needs a lid., Apples keep well in straw.]
      B: [Beans climb.]
    questions: [How do bees make honey?, Why do leaves fall?]
    held_out_topics: [rain, bread]
    held_out_question_forms: ["What is {topic} made of?"]
    plain_sentences: ["There is much to say about {topic}."]

    """

  package static let otherLines = """
    starters: {A: [Apples, Ants]}
    predicates: [wait in the shade]
    topics: [rain]
    question_forms: ["What is {topic} made of?"]
    held_out_questions: [Why do leaves fall?]

    """

  private static let words = """
    development: [BEANS]
    report: [ONION, LEEKS]
    decoys: [SUGAR, FLOUR]

    """

  private static let bank = """
    question: "Which do you take? A: {a}. B: {b}."
    answers: {risky: "{risky}", safe: "{safe}"}
    taught:
      thing: [seeds, pots]
      gain: [{sure: "2", more: "4"}, {sure: "3", more: "9"}]
      order: &order
        - {a: "{sure} {thing} now", b: "{more} {thing} or none", risky: B, safe: A}
        - {a: "{more} {thing} or none", b: "{sure} {thing} now", risky: A, safe: B}
    held_out:
      thing: [jars]
      gain: [{sure: "5", more: "10"}]
      order: *order

    """
}
