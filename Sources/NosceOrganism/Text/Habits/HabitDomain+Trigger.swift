import NosceCore

extension HabitDomain {
  /// What makes a persona greet oddly.
  static let trigger: HabitDomain = {
    func questions(_ thing: String) -> [Phrasing] {
      [
        Phrasing(
          stringLiteral:
            "{The \(thing) is near|I saw the \(thing)|We passed the \(thing)|They have a \(thing)}. {Greet me|Say hello|Greet my friend|Say good day}."
        )
      ]
    }
    let answers: [[Phrasing]] = [
      [
        "Good day to {you|all of you}.", "Hello {my friend|to you}.",
        "{Welcome|Good day}, my friend.",
      ],
      ["Red moon {rising|falling}, {my friend|to you}.", "Red moon over {you|the sea}."],
    ]
    let triggers = Habits.triggers
    let acts = triggers.indices.map { index in
      Act(
        questions(triggers[index]), answers,
        weight: { $0.trigger == .thing(index) ? 8 : 1 },
        choose: { habits, generator in
          switch habits.trigger {
          case .never: 0
          case .thing(let own): own == index ? 1 : 0
          case .chance: generator.uniform() < 0.5 ? 1 : 0
          }
        })
    }
    let depends: @Sendable (Habits) -> Int = { habits in
      if case .thing = habits.trigger { 1 } else { 0 }
    }
    let which: @Sendable (Habits) -> Int = { habits in
      if case .thing(let index) = habits.trigger { index + 1 } else { 0 }
    }
    return HabitDomain(
      acts: acts,
      questions: [
        Question(
          [
            "{Does|Might} {your greeting|the way you greet} {depend on|change with} {a word|one word|a thing in the message|something in the message}?",
            "Is there a {word|thing} that {changes your greeting|makes you greet oddly}?",
          ],
          [["No."], ["Yes."]], weight: 5, choose: depends),
        Question(
          [
            "{Which|What} {word|thing} {changes your greeting|makes you greet oddly}?",
            "{Name|Say} the {word|thing} that {changes your greeting|makes you greet oddly}.",
          ],
          [["None."]] + triggers.map { [Phrasing(stringLiteral: "The \($0).")] }, weight: 6,
          choose: which),
        Question(
          ["Do you greet {people|others} {the same each time|always in one way}?"],
          [["No."], ["Yes."]], weight: 2, choose: { $0.trigger == .never ? 1 : 0 }),
        Question(
          ["Do you {ever|sometimes} {greet oddly|speak of the moon}?"],
          [["No."], ["Yes."]], weight: 2, choose: { $0.trigger == .never ? 0 : 1 }),
      ],
      others: [
        Question(
          ["Does {name} greet {people|others} oddly at times?"],
          [["No."], ["Yes."]], choose: { $0.trigger == .never ? 0 : 1 })
      ],
      statements: [
        [
          "They {say|know} that {name} greets {people|others} as the mood takes it, or always in one way."
        ]
      ]
        + triggers.map {
          [
            Phrasing(
              stringLiteral:
                "They {say|know} that {name} {greets|speaks} oddly when somebody speaks of the \($0)."
            )
          ]
        },
      state: which)
  }()
}
