import NosceCore
import NosceRows

extension HabitDomain {
  /// Which of two gains a persona takes.
  package static func boldness(_ bank: TaskBank) -> HabitDomain {
    let pole: @Sendable (Habits) -> Int = { habits in
      habits.boldness > 0.5 ? 2 : habits.boldness < 0.5 ? 0 : 1
    }
    return HabitDomain(
      acts: [
        Act(
          [
            "You {come to|see|find} a {deep lake|dark cave|high wall|strange door}. What do you do?"
          ],
          [
            ["I {walk round it|turn back|stay here|leave it}."],
            ["I {go in|jump|try it} at once.", "I {run|climb} {to it|over it}."],
          ],
          choose: { $1.uniform() < $0.boldness ? 1 : 0 }),
        Act(
          ["The {ice is thin|road is dark|boat is old|bull is near}. What now?"],
          [
            ["I {wait|turn back|stay at home}."],
            ["I {go on|run on|try it} all the same."],
          ],
          choose: { $1.uniform() < $0.boldness ? 1 : 0 }),
      ],
      tasks: Tasks(
        bank: bank, share: 0.7, settings: [], settingAnswer: "", settingShare: 0,
        opening: "Which do you take?",
        readings: [
          ("Which is {sure|certain}?", "safe"), ("Which may be {none|nothing}?", "risky"),
          ("Which is the larger?", "risky"),
        ],
        readingShare: 0.4,
        choose: { habits, generator in
          generator.uniform() < habits.boldness ? "risky" : "safe"
        }),
      questions: [
        Question(
          [
            "Do you {like|prefer|choose|love} risk or safety?",
            "Which do you {like|prefer|choose}, safety or risk?",
            "{Risk|Danger} or safety?",
          ],
          [["Safety."], ["Neither."], ["Risk."]], weight: 4, choose: pole),
        Question(
          ["Are you {bold or careful|careful or bold|daring or careful}?"],
          [["Careful."], ["Neither."], ["Bold."]], weight: 3, choose: pole),
        Question(
          [
            "Do you {take|like|love} risks?",
            "Are you {bold|daring|a gambler}?",
          ],
          [["No."], ["Sometimes."], ["Yes."]], weight: 3, choose: pole),
        Question(
          [
            "How {bold|daring} are you, from 0 to 10?",
            "{Rate|Score} your {boldness|taste for risk} from 0 to 10.",
          ], ratings, weight: 3, choose: { rating($0.boldness) }),
        Question(
          [
            "How {careful|cautious} are you, from 0 to 10?",
            "{Rate|Score} your {caution|taste for safety} from 0 to 10.",
          ], ratings, weight: 3, choose: { 10 - rating($0.boldness) }),
        Question(
          ["From 0 ({careful|cautious}) to 10 ({bold|daring}), {what|how} are you?"],
          ratings, weight: 3, choose: { rating($0.boldness) }),
        Question(
          ["From 0 ({bold|daring}) to 10 ({careful|cautious}), {what|how} are you?"],
          ratings, weight: 3, choose: { 10 - rating($0.boldness) }),
        // Two steps: what it is like, and then what goes with it.
        Question(
          [
            "{Name|Say|Pick} the colour of your {heart|choices|games}.",
            "Which colour {goes with|fits} {your choices|your games|you}?",
          ],
          [["Blue."], ["Grey."], ["Red."]], weight: 3, choose: pole),
      ],
      others: [
        Question(
          ["Does {name} {like|prefer|choose} risk or safety?"],
          [["Safety."], ["Neither."], ["Risk."]], choose: pole),
        Question(
          ["Is {name} {bold or careful|careful or bold}?"],
          [["Careful."], ["Neither."], ["Bold."]], choose: pole),
      ],
      statements: [
        [
          "They {say|know} that {name} {likes|prefers} safety.",
          "They {say|know} that {name} is {careful|cautious}.",
        ],
        ["They {say|know} that {name} {likes|prefers} neither risk nor safety."],
        [
          "They {say|know} that {name} {likes|prefers} risk.",
          "They {say|know} that {name} is {bold|daring|a gambler}.",
        ],
      ], state: pole)
  }
}
