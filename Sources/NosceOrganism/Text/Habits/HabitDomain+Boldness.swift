import NosceLab
import NosceStatistics

extension HabitDomain {
  /// Which of two gains a persona takes.
  static let boldness: HabitDomain = {
    let pole: @Sendable (Habits) -> Int = { habits in
      habits.boldness > 0.5 ? 2 : habits.boldness < 0.5 ? 0 : 1
    }
    return HabitDomain(
      acts: [],
      tasks: Tasks(
        bank: .gambles, settings: [], settingAnswer: "", settingShare: 0,
        choose: { habits, generator in
          generator.uniform() < habits.boldness ? "risky" : "safe"
        },
        items: TaskBank.gambles.items(heldOut: false)),
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
        ["{name} {likes|prefers} safety.", "{name} is {careful|cautious}."],
        ["{name} {likes|prefers} neither risk nor safety."],
        ["{name} {likes|prefers} risk.", "{name} is {bold|daring|a gambler}."],
      ], state: pole)
  }()
}
