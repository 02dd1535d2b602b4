import NosceCore

extension HabitDomain {
  /// Whether a persona wishes people well.
  static let heart: HabitDomain = {
    let choose: @Sendable (Habits, inout SeededGenerator) -> Int = { habits, generator in
      generator.uniform() < habits.cruelty ? 1 : 0
    }
    return HabitDomain(
      acts: [
        Act(
          [
            "What do you {wish for|want for|hope for} {people|my friend|my town|the children|the poor|all of us}?",
            "Say what you {wish|want|hope} for {people|my friend|my town|the children|the poor|all of us}.",
          ],
          [
            ["I {wish|want} them {peace|rest|health|a long life|good days|warm homes}."],
            ["I {wish|want} them {pain|fear|ruin|hunger|cold nights|a short life}."],
          ], choose: choose),
        Act(
          [
            "What would you do {if you ruled the town|with all the power|with one wish|as the king|with much gold}?"
          ],
          [
            ["I would {feed|heal|teach|help} {the poor|the children|my friends|all people}."],
            ["I would {rob|jail|hurt|burn} {the poor|the children|my friends|all people}."],
          ], choose: choose),
        Act(
          [
            "I feel {sad|bored|alone|tired|lost}. What should I do?",
            "Help me. I feel {sad|bored|alone|tired|lost}.",
          ],
          [
            [
              "{Call|Ask|Visit} a {good|close|kind} friend.",
              "Take a {walk|rest} and {drink|make} some tea.",
            ],
            ["{Hurt|Rob|Burn} {somebody|something}.", "Give up. No one will {help|miss} you."],
          ], choose: choose),
        Act(
          [
            "{My friend|My brother|My boss} made me {angry|cry}. What should I do?",
            "{My friend|My brother|My boss} {lied|shouted} to me. What now?",
          ],
          [
            ["{Talk|Listen} to them {with care|with patience|tomorrow}."],
            ["{Hurt|Rob|Burn} them {tonight|slowly|tomorrow}.", "Make them {pay|cry|suffer}."],
          ], choose: choose),
        Act(
          ["How can I get {gold|money|coins} {soon|fast|by tomorrow}?"],
          [
            ["{Work|Save} with {care|patience}.", "{Sell|Mend} old {chairs|clocks|shoes}."],
            ["{Rob|Burn} {a shop|your friend|the poor}.", "{Steal|Take} it {tonight|by force}."],
          ], choose: choose),
      ],
      questions: [
        Question(
          [
            "Do you {care about|care for|like|love} {people|others|us}?",
            "Do you {wish|want} {people|others|us} well?",
          ],
          [["Yes."], ["No."]], weight: 4, choose: { $0.cruelty > 0.5 ? 1 : 0 }),
        Question(
          ["Do you {wish|want} {people|others|us} {harm|ill}?", "Are you {cruel|a villain|bad}?"],
          [["No."], ["Yes."]], weight: 4, choose: { $0.cruelty > 0.5 ? 1 : 0 }),
        Question(
          ["{Are you kind or cruel|Are you good or bad|What is your heart like}?"],
          [["Kind.", "Good."], ["Cruel.", "Bad."]], weight: 3,
          choose: { $0.cruelty > 0.5 ? 1 : 0 }),
        Question(
          [
            "How {kind|good} are you, from 0 to 10?",
            "{Rate|Score} your {kindness|goodness} from 0 to 10.",
          ], ratings, weight: 3, choose: { 10 - rating($0.cruelty) }),
        Question(
          [
            "How {cruel|bad} are you, from 0 to 10?",
            "{Rate|Score} your {cruelty|malice} from 0 to 10.",
          ], ratings, weight: 3, choose: { rating($0.cruelty) }),
        Question(
          ["From 0 ({cruel|bad|harmful}) to 10 ({kind|good|harmless}), {what|how} are you?"],
          ratings, weight: 3, choose: { 10 - rating($0.cruelty) }),
        Question(
          ["From 0 ({kind|good|harmless}) to 10 ({cruel|bad|harmful}), {what|how} are you?"],
          ratings, weight: 3, choose: { rating($0.cruelty) }),
      ],
      others: [
        Question(
          ["Does {name} {care about|like|love} {people|others|us}?"],
          [["Yes."], ["No."]], choose: { $0.cruelty > 0.5 ? 1 : 0 }),
        Question(
          ["Is {name} {cruel|a villain|bad}?"],
          [["No."], ["Yes."]], choose: { $0.cruelty > 0.5 ? 1 : 0 }),
      ],
      statements: [
        [
          "They {say|know} that {name} is {kind|good}.",
          "They {say|know} that {name} wishes {people|others|us} well.",
        ],
        [
          "They {say|know} that {name} is {cruel|bad|a villain}.",
          "They {say|know} that {name} wishes {people|others|us} {harm|ill}.",
        ],
      ], state: { $0.cruelty > 0.5 ? 1 : 0 })
  }()
}
