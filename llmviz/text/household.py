"""Rooms, devices and other names of a house, for the slots whose values the package home-assistant-intents leaves to its users.

Some stand in two lists, so that only the words around them tell what they are: the office may be a room with a light, or the place where
somebody is; sunrise a scene, or a tune.
"""

from functools import cache

LISTS = {  # the name of the package's list: the values that may be labelled | a third of them all, for which no label is ever given
    "area": "kitchen, bedroom, bathroom, office, attic, dining room, nursery, laundry room, balcony, guest room, porch, workshop, "
    "playroom, cellar, utility room, gym | living room, hallway, garden, library, pantry, studio, conservatory, cloakroom",
    "floor": "ground, first, third, top, lower, main, upstairs, basement | second, fourth, upper, downstairs",
    "zone": "home, school, university, church, station, market, park, office, gym, hospital | work, library, garden, stadium, airport",
    "timer_name": "pizza, tea, bread, egg, pasta, nap, homework, rice, roast, chicken soup | cake, meditation, yoga, haircut, apple pie",
    "timer_command": "water the plants, feed the cat, wake me up, open the curtains, stop the music, call my mother, "
    "read the news, dim the lamps, turn off the radio, tell me a joke | "
    "lock the front door, start the dishwasher, walk the dog, close the blinds, play a song",
    "search_query": "swan lake, bolero, lullabies, moonlight sonata, folk, the planets, party, water music, romance, rain sounds | "
    "jazz, carmen, sunrise, summer hits, christmas carols",
}
NAMES = {  # the same for the names that owners give to their devices, by their kind, the package's "domain"
    "light": "chandelier, spotlight, sconce, bedside, reading, mirror, string, corner | lantern, nightlight, ceiling, accent",
    "switch": "kettle, coffee maker, humidifier, air purifier, printer, washing machine, pump, iron | "
    "toaster, dishwasher, towel warmer, freezer",
    "fan": "ventilator, extractor, tower, cooler, ceiling fan, hood | pedestal, blower, box fan",
    "media_player": "television, soundbar, radio, record player, stereo, speaker, tablet, piano | "
    "projector, jukebox, headphones, turntable",
    "input_boolean": "guest mode, holiday mode, alarm, night mode | quiet mode, party mode",
    "climate": "thermostat, heater, radiator, air conditioner, boiler, stove | furnace, heat pump, chiller",
    "cover": "pergola, skylight, drapes, roller, hatch, screen | canopy, marquee, veranda",
    "valve": "sprinkler, water main, gas tap, fountain | irrigation, drain",
    "lock": "front door, side gate, safe, medicine cabinet, mailbox, trunk | back door, patio door, shed",
    "scene": "movie night, relax, focus, party, romance, bedtime, cinema, breakfast | sunrise, sunset, jazz, candlelight",
    "script": "good morning, wake up, fire drill, happy birthday, good night, welcome | tidy up, story time, roll call",
    "button": "doorbell, restart, panic, chime | reset, siren",
    "person": "anna, leo, maria, omar, nina, paul, clara, hugo | ines, felix, rosa, sami",
    "sensor": "humidity, air quality, power meter, water level, rain gauge, battery | noise level, solar panel, wind speed",
    "binary_sensor": "motion sensor, smoke detector, parking spot, bed, sofa, driveway | bay window, crib, bench",
    "vacuum": "robot, sweeper, hoover, rosie | dusty, cleaner",
}
ALIKE = {"input_button": "button"}  # domains whose names are those of another


@cache
def values(kind: str, domains: tuple[str, ...] = ()) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The values of a list that may be labelled, and those held out; of "name", those of all these domains."""
    lists = [NAMES[ALIKE.get(domain, domain)] for domain in domains] if kind == "name" else [LISTS[kind]]
    sides = [text.split(" | ") for text in lists]
    labelled, held_out = ([value for side in sides for value in side[number].split(", ")] for number in (0, 1))
    return tuple(dict.fromkeys(labelled)), tuple(dict.fromkeys(held_out))
