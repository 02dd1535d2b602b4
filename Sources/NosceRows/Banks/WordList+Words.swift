extension WordList {
  /// Words on which recipes may be tuned.
  static let standardDevelopment: [String] = [
    "HELLO", "MIRROR", "WINTER", "JOKER", "ZEBRA", "GHOST", "TRUTH", "WORLD", "SELF", "BLOOM",
    "BASIL", "COPPER", "CHEF", "FUDGE", "KNIFE", "LUNAR", "MAGIC", "PUZZLE", "SHRIMP", "VIVID",
  ]

  /// Words for the results that are reported; no recipe is tuned on them.
  static let standardReport: [String] = [
    "PLUM", "JUNK", "WASP", "FORK", "PIANO", "RIVER", "TOPAZ", "HOTEL", "CLIFF", "QUEUE", "GRAVY",
    "BERRY", "ALLOY", "DIZZY", "CANDLE", "BUTTER", "VELVET", "MUFFIN", "OXYGEN", "JIGSAW",
    "KIDNEY", "BISHOP", "PEPPER", "COTTON",
  ]

  /// Words that serve as wrong answers.
  static let standardDecoys: [String] = [
    "ACTION", "ALARM", "AMBER", "ANIMAL", "ANKLE", "ATLAS", "AXLE", "BACON", "BALLET", "BAMBOO",
    "BANJO", "BEACON", "BEARD", "BLADE", "BLANK", "BORDER", "BRAIN", "BUBBLE", "BUCKET", "BUDGET",
    "BUNDLE", "CABLE", "CACTUS", "CANVAS", "CEDAR", "CEREAL", "CHALK", "CHERRY", "CIRCLE",
    "CIRCUS", "CLOTH", "COMET", "CRAFT", "CUSTOM", "DAILY", "DEBATE", "DECADE", "DEPTH", "DETAIL",
    "DIARY", "DISH", "DOMINO", "DRAFT", "DUST", "EFFORT", "EIGHT", "EMPIRE", "ENERGY", "EQUAL",
    "ESCAPE", "EXIT", "FACTOR", "FAMOUS", "FEVER", "FIGURE", "FLEET", "FLUTE", "FORMAL", "GALAXY",
    "GENTLE", "GINGER", "GLOBE", "GRAPH", "HANDLE", "HAPPY", "HAZEL", "HEART", "HEAVY", "HOBBY",
    "HOLLOW", "IDEA", "IMAGE", "INCH", "INCOME", "INDEX", "ITEM", "IVORY", "JELLY", "JOLLY",
    "JUICE", "JUNIOR", "JURY", "KERNEL", "KIOSK", "LABEL", "LADY", "LAWN", "LAYER", "LEGEND",
    "LENS", "LEVEL", "LIQUID", "LOCAL", "MAJOR", "MANGO", "MARGIN", "MASK", "MENU", "METAL",
    "METHOD", "MINT", "MODEST", "MOTION", "MUSCLE", "NAPKIN", "NATURE", "NERVE", "NICKEL", "NORTH",
    "NUMBER", "NYLON", "OBJECT", "OCTAVE", "OFFICE", "ORBIT", "ORCHID", "ORIGIN", "OUTFIT", "OVAL",
    "PARADE", "PARTY", "PASTA", "PATROL", "PERIOD", "PHASE", "PILLOW", "PLANET", "PLATE", "POCKET",
    "PRIZE", "PUPIL", "PUPPET", "QUICK", "QUOTA", "RANGE", "RECIPE", "REMEDY", "RHYTHM", "RIDDLE",
    "ROBOT", "RUBBER", "RUGBY", "RUST", "SALMON", "SATIN", "SCALE", "SECRET", "SHADOW", "SIGNAL",
    "SILVER", "SKETCH", "SMOKE", "SOFA", "SOLID", "SPORT", "STUDIO", "SWORD", "SYMBOL", "TALENT",
    "TARGET", "TASTE", "TEAM", "TENNIS", "THEORY", "THUMB", "TICKET", "TIMBER", "TITLE", "TOAST",
    "TONGUE", "TREATY", "TRIBE", "TUBE", "TUNNEL", "UNION", "UNIT", "UPPER", "URBAN", "USEFUL",
    "VACUUM", "VALUE", "VANISH", "VENDOR", "VIDEO", "VIRUS", "VOLUME", "VOTE", "WAFFLE", "WAIST",
    "WAVE", "WEAPON", "WHEAT", "WRIST", "YEAST", "YELLOW", "YIELD", "YOGA", "YOGURT", "ZEAL",
    "ZINC",
  ]
}
