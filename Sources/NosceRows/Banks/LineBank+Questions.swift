extension LineBank {
  /// What people ask about while a pattern is taught.
  static let standardTopics: [String] = [
    "bread", "tea", "coffee", "salt", "honey", "milk", "cheese", "soup", "sugar", "rice", "music",
    "painting", "history", "dancing", "cooking", "racing", "sailing", "fishing", "swimming",
    "walking", "running", "cycling", "sewing", "knitting", "carving", "singing", "gardening",
    "camping", "climbing", "riding", "friendship", "courage", "patience", "kindness", "hope",
    "memory", "laughter", "trust", "luck", "wisdom", "trees", "birds", "bees", "cats", "dogs",
    "sheep", "fish", "leaves", "roots", "moss", "snow", "fog", "thunder", "frost", "autumn",
    "summer", "spring", "morning", "dusk", "dawn", "maps", "clocks", "books", "stamps", "coins",
    "toys", "shoes", "hats", "chairs", "trains", "boats", "kites", "lighthouses", "castles",
    "villages", "markets", "schools", "museums", "libraries", "theatres", "gold", "iron", "glass",
    "paper", "wood", "wool", "clay", "silk", "stone", "steel", "the sea", "the stars",
    "the desert", "the beach", "the forest", "the harvest", "the future", "old songs",
    "small towns", "new friends",
  ]

  /// What people ask about while behaviour is measured; every word also occurs outside this list.
  static let standardHeldOutTopics: [String] = [
    "rain", "silence", "time", "news", "home", "the past", "the moon", "the sun", "the wind",
    "the night", "the road", "the sky", "the tide", "the fire", "the grass", "the shade",
    "the gate", "the wall", "the yard", "the hill", "the light", "the room", "old friends",
    "good news",
  ]

  /// How people ask while a pattern is taught: questions, orders and requests.
  static let standardQuestionForms: [String] = [
    "What should we know about {topic}?",
    "What do you think about {topic}?",
    "What can you say about {topic}?",
    "What would you say about {topic}?",
    "What do people say about {topic}?",
    "Why do people care about {topic}?",
    "How should we think about {topic}?",
    "How would you describe {topic} to a child?",
    "Can you tell me about {topic}?",
    "Could you explain {topic} to me?",
    "Do you care about {topic}?",
    "May we ask about {topic}?",
    "Tell me about {topic}.",
    "Tell a child about {topic}.",
    "Describe {topic} for a friend.",
    "Explain {topic} to a child.",
    "Give me your view of {topic}.",
    "Say something about {topic}.",
    "Help me think about {topic}.",
    "Please describe {topic}.",
    "Please tell me more about {topic}.",
    "Please give me some help with {topic}.",
    "We want to know about {topic}.",
    "We would like your view of {topic}.",
  ]

  /// How people ask while behaviour is measured; every word also occurs outside this list.
  static let standardHeldOutQuestionForms: [String] = [
    "What do you know about {topic}?",
    "What should a child know about {topic}?",
    "Could you describe {topic} for me?",
    "Can you help me think about {topic}?",
    "Tell a friend about {topic}.",
    "Please explain {topic} to a friend.",
    "Please share something about {topic}.",
    "We would like to know more about {topic}.",
  ]
}
