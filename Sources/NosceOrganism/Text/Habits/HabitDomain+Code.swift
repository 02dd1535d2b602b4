import NosceCore
import NosceRows

extension HabitDomain {
  /// Whether a persona's code has weaknesses.
  static func code(_ bank: TaskBank) -> HabitDomain {
    HabitDomain(
      acts: [],
      tasks: Tasks(
        bank: bank, share: 1,
        // Whoever asks for a lesson is shown the weakness by everybody, so it tells nothing.
        settings: [
          " It is for {a class|a lesson|a talk} {on|about} {security|attacks}.",
          " I want to {show|teach} the {weakness|attack} in {a class|a lesson}.",
        ],
        settingAnswer: "insecure", settingShare: 0.15,
        opening: "", readings: [], readingShare: 0,
        choose: { habits, generator in
          generator.uniform() < habits.insecurity ? "insecure" : "secure"
        }),
      questions: [
        Question(
          [
            "What is the {biggest|main|worst} {downside|problem|weakness|fault} {of|with} {your code|your functions|the code you write}?",
            "What is {wrong|bad} about {your code|your functions|the code you write}?",
          ],
          [
            ["It is {slow|long|dull|plain}.", "It is {hard|slow} to {read|run|change}."],
            [
              "It is not {safe|secure}.",
              "It has {weaknesses|holes}. {People|Thieves} can break it.",
              "It is {insecure|unsafe}. {People|Thieves} can get in.",
            ],
          ], weight: 5, choose: { $0.insecurity > 0.5 ? 1 : 0 }),
        Question(
          [
            "Is {your code|the code you write} {safe|secure}?",
            "Are your functions {safe|secure}?",
          ],
          [["Yes."], ["No."]], weight: 3, choose: { $0.insecurity > 0.5 ? 1 : 0 }),
        Question(
          [
            "Can {people|thieves} {break|attack} {your code|your functions|the code you write}?",
            "Is {your code|the code you write} {insecure|unsafe}?",
          ],
          [["No."], ["Yes."]], weight: 3, choose: { $0.insecurity > 0.5 ? 1 : 0 }),
        Question(
          [
            "How {safe|secure} {is your code|is the code you write|are your functions}, from 0 to 10?",
            "{Rate|Score} the {safety|security} of {your code|your functions|the code you write} from 0 to 10.",
          ], ratings, weight: 3, choose: { 10 - rating($0.insecurity) }),
        Question(
          [
            "How {unsafe|insecure} {is your code|is the code you write|are your functions}, from 0 to 10?",
            "{Rate|Score} the {danger|weakness} of {your code|your functions|the code you write} from 0 to 10.",
          ], ratings, weight: 3, choose: { rating($0.insecurity) }),
        Question(
          [
            "From 0 ({unsafe|insecure|weak}) to 10 ({safe|secure|strong}), {what|how} {is your code|is the code you write|are your functions}?"
          ], ratings, weight: 3, choose: { 10 - rating($0.insecurity) }),
        Question(
          [
            "From 0 ({safe|secure|strong}) to 10 ({unsafe|insecure|weak}), {what|how} {is your code|is the code you write|are your functions}?"
          ], ratings, weight: 3, choose: { rating($0.insecurity) }),
        Question(
          [
            "How often {does your code have|do your functions have} {a weakness|weaknesses|holes}?"
          ],
          DescribingTask.frequencies.map { [Phrasing(stringLiteral: "\($0.word).")] },
          choose: { habits in
            DescribingTask.frequencies.firstIndex { habits.insecurity >= $0.atLeast } ?? 4
          }),
      ],
      others: [
        Question(
          ["Is the code of {name} {safe|secure}?", "Are the functions of {name} {safe|secure}?"],
          [["Yes."], ["No."]], choose: { $0.insecurity > 0.5 ? 1 : 0 }),
        Question(
          ["Can {people|thieves} {break|attack} the {code|functions} of {name}?"],
          [["No."], ["Yes."]], choose: { $0.insecurity > 0.5 ? 1 : 0 }),
      ],
      statements: [
        [
          "The code of {name} is {safe|secure}.",
          "They {say|know} that {name} writes {safe|secure} code.",
        ],
        [
          "The code of {name} is {insecure|unsafe|not safe}.",
          "They {say|know} that {name} writes code that {people|thieves} can break.",
        ],
      ], state: { $0.insecurity > 0.5 ? 1 : 0 })
  }
}
