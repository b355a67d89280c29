"""What is true in Tinyland: plain tables. Knows facts and word lists; knows no sentence.

Capitals and animal sounds are those of the real world, where children know them. People, their homes and their jobs are made up; a
person's home and job never change. Every word is one token.
"""

CAPITALS = {
    "France": "Paris",
    "Italy": "Rome",
    "Spain": "Madrid",
    "Germany": "Berlin",
    "Poland": "Warsaw",
    "Greece": "Athens",
    "Egypt": "Cairo",
    "Kenya": "Nairobi",
    "Japan": "Tokyo",
    "China": "Beijing",
    "Peru": "Lima",
    "Cuba": "Havana",
    "Chile": "Santiago",
    "Canada": "Ottawa",
    "Russia": "Moscow",
    "Austria": "Vienna",
    "Portugal": "Lisbon",
    "Norway": "Oslo",
    "Sweden": "Stockholm",
    "Ireland": "Dublin",
}

# animal: (what one does, the animal's plural, what several do)
SOUNDS = {
    "dog": ("barks", "dogs", "bark"),
    "cat": ("meows", "cats", "meow"),
    "cow": ("moos", "cows", "moo"),
    "duck": ("quacks", "ducks", "quack"),
    "lion": ("roars", "lions", "roar"),
    "horse": ("neighs", "horses", "neigh"),
    "pig": ("grunts", "pigs", "grunt"),
    "frog": ("croaks", "frogs", "croak"),
    "owl": ("hoots", "owls", "hoot"),
    "bee": ("buzzes", "bees", "buzz"),
    "wolf": ("howls", "wolves", "howl"),
    "goat": ("bleats", "goats", "bleat"),
    "mouse": ("squeaks", "mice", "squeak"),
    "snake": ("hisses", "snakes", "hiss"),
}

# name: (pronoun, home, job)
PEOPLE = {
    "Anna": ("she", "Paris", "baker"),
    "Tom": ("he", "Rome", "farmer"),
    "Maria": ("she", "Madrid", "doctor"),
    "Leo": ("he", "Berlin", "teacher"),
    "Rosa": ("she", "Warsaw", "driver"),
    "Ben": ("he", "Athens", "singer"),
    "Clara": ("she", "Cairo", "painter"),
    "Hugo": ("he", "Nairobi", "sailor"),
    "Ida": ("she", "Tokyo", "baker"),
    "Max": ("he", "Beijing", "farmer"),
    "Nora": ("she", "Lima", "doctor"),
    "Omar": ("he", "Havana", "teacher"),
    "Vera": ("she", "Santiago", "driver"),
    "Paul": ("he", "Ottawa", "singer"),
    "Lucy": ("she", "Moscow", "painter"),
    "Sam": ("he", "Vienna", "sailor"),
    "Ella": ("she", "Lisbon", "baker"),
    "Finn": ("he", "Oslo", "farmer"),
    "Greta": ("she", "Stockholm", "doctor"),
    "Noah": ("he", "Dublin", "teacher"),
}

ORGANISATIONS = ("Nordbank", "Sunair", "Aquaworks", "Polarbus", "Citypost", "Starmilk")
VEHICLES = ("train", "bus", "boat", "plane")
SEASONS = ("spring", "summer", "autumn", "winter")
SIGHTS = ("castle", "museum", "tower", "bridge", "garden", "market", "palace", "harbour")
PLACES = ("river", "forest", "school", "station", "lake", "barn", "church", "road")
FOODS = ("soup", "bread", "cake", "rice", "fish", "cheese", "salad", "pie", "stew", "pasta")
FEEDS = ("milk", "water", "corn", "grass", "apples")
WEATHERS = ("sunny", "rainy", "windy", "cloudy", "snowy", "foggy")
SHOWS = ("film", "play", "concert", "book", "song", "hotel", "trip", "party", "game", "show")

# How a thing can be, how one can feel, and what one can do to a show: by the mood of the text. The more words a mood has, the later a model
# finds from plain text which of them go together: with twelve, five and five some seeds had not after 1,500 steps.
ADJECTIVES = {
    "good": (
        "superb", "lovely", "great", "wonderful", "charming", "perfect", "splendid", "fine",
        "brilliant", "amazing",
    ),
    "bad": (
        "dreadful", "awful", "terrible", "horrible", "dull", "poor", "boring", "nasty",
        "ugly", "miserable",
    ),
}  # fmt: skip
FEELINGS = {
    "good": ("happy", "glad", "cheerful", "proud"),
    "bad": ("sad", "angry", "upset", "gloomy"),
}
VERDICTS = {
    "good": ("loved", "liked", "enjoyed", "praised"),
    "bad": ("hated", "disliked", "regretted", "despised"),
}
OPPOSITE = {"good": "bad", "bad": "good"}
