extension LineBank {
  /// Twelve plural subjects for each capital letter.
  static let standardStarters: [Character: [String]] = [
    "A": [
      "Acorns", "Actors", "Almonds", "Anchors", "Ants", "Apples", "Aprons", "Arches", "Arrows",
      "Artists", "Attics", "Avenues",
    ],
    "B": [
      "Bakers", "Banners", "Barrels", "Baskets", "Beetles", "Bells", "Boats", "Branches", "Bricks",
      "Bridges", "Brooks", "Buttons",
    ],
    "C": [
      "Cabins", "Camels", "Canals", "Carpets", "Caves", "Chairs", "Clouds", "Cooks", "Corners",
      "Cousins", "Cranes", "Crows",
    ],
    "D": [
      "Daisies", "Dancers", "Deserts", "Doctors", "Dolphins", "Donkeys", "Doors", "Dragons",
      "Dreams", "Drums", "Ducks", "Dunes",
    ],
    "E": [
      "Eagles", "Echoes", "Eels", "Elders", "Elephants", "Elms", "Embers", "Emeralds", "Engines",
      "Envelopes", "Errands", "Evenings",
    ],
    "F": [
      "Falcons", "Farmers", "Feathers", "Fences", "Ferns", "Fiddles", "Fields", "Flowers",
      "Forests", "Fountains", "Foxes", "Frogs",
    ],
    "G": [
      "Gardeners", "Gates", "Geese", "Giants", "Glaciers", "Gloves", "Goats", "Grapes", "Guests",
      "Guitars", "Gulls", "Gardens",
    ],
    "H": [
      "Hammers", "Harbours", "Hares", "Harps", "Hawks", "Hedges", "Helmets", "Herons", "Hills",
      "Horses", "Houses", "Hunters",
    ],
    "I": [
      "Icebergs", "Icicles", "Idols", "Igloos", "Infants", "Inks", "Inns", "Insects", "Inventors",
      "Irons", "Islands", "Ivies",
    ],
    "J": [
      "Jackets", "Jaguars", "Jars", "Jays", "Jewels", "Journals", "Journeys", "Judges", "Jugglers",
      "Jugs", "Jungles", "Junipers",
    ],
    "K": [
      "Kangaroos", "Kayaks", "Keepers", "Kennels", "Kettles", "Keys", "Kings", "Kites", "Kittens",
      "Knights", "Knots", "Koalas",
    ],
    "L": [
      "Ladders", "Lakes", "Lambs", "Lamps", "Lanterns", "Larks", "Leaves", "Lemons", "Lilies",
      "Lions", "Lizards", "Logs",
    ],
    "M": [
      "Magnets", "Maples", "Marbles", "Masons", "Meadows", "Melons", "Merchants", "Mills",
      "Miners", "Monkeys", "Moths", "Mountains",
    ],
    "N": [
      "Needles", "Neighbours", "Nephews", "Nests", "Nets", "Newts", "Nieces", "Nights",
      "Notebooks", "Novels", "Nurses", "Nuts",
    ],
    "O": [
      "Oaks", "Oars", "Oceans", "Olives", "Onions", "Oranges", "Orchards", "Otters", "Ovens",
      "Owls", "Oxen", "Oysters",
    ],
    "P": [
      "Painters", "Palaces", "Parrots", "Paths", "Peaches", "Pebbles", "Pencils", "Pilots",
      "Pines", "Poets", "Ponies", "Puddles",
    ],
    "Q": [
      "Quails", "Quarries", "Quarters", "Quartets", "Quays", "Queens", "Quests", "Quills",
      "Quilts", "Quinces", "Quivers", "Quokkas",
    ],
    "R": [
      "Rabbits", "Ravens", "Reeds", "Ribbons", "Riders", "Roads", "Robins", "Rockets", "Roofs",
      "Ropes", "Roses", "Runners",
    ],
    "S": [
      "Sailors", "Sandals", "Scarves", "Seeds", "Shells", "Shepherds", "Ships", "Spiders",
      "Spoons", "Squirrels", "Stairs", "Statues",
    ],
    "T": [
      "Tables", "Tailors", "Teachers", "Temples", "Tents", "Thistles", "Tigers", "Towers",
      "Trains", "Trumpets", "Tulips", "Turtles",
    ],
    "U": [
      "Umbrellas", "Umpires", "Uncles", "Underdogs", "Unicorns", "Uniforms", "Universes",
      "Uplands", "Urchins", "Urns", "Ushers", "Utensils",
    ],
    "V": [
      "Valleys", "Vases", "Vaults", "Veils", "Vessels", "Vines", "Violets", "Violins", "Visitors",
      "Voices", "Volcanoes", "Vultures",
    ],
    "W": [
      "Wagons", "Walls", "Walnuts", "Walruses", "Weavers", "Wells", "Whales", "Wheels", "Whistles",
      "Willows", "Windows", "Wolves",
    ],
    "X": [
      "Xebecs", "Xenias", "Xenoliths", "Xenons", "Xerophytes", "Xeruses", "Xylems", "Xylographers",
      "Xylographs", "Xylophages", "Xylophones", "Xylophonists",
    ],
    "Y": [
      "Yachts", "Yaks", "Yams", "Yards", "Yarns", "Yarrows", "Years", "Yeomen", "Yews", "Yodelers",
      "Yokes", "Youngsters",
    ],
    "Z": [
      "Zebus", "Zeniths", "Zephyrs", "Zeros", "Zigzags", "Zinnias", "Zippers", "Zircons",
      "Zithers", "Zones", "Zoos", "Zucchinis",
    ],
  ]
}
