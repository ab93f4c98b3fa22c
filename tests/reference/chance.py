# SPDX-License-Identifier: Apache-2.0
"""What random policies and histories are about, and chance itself."""
import random

ZONES = ("America/Los_Angeles", "America/Los_Angeles", "America/New_York", "America/Havana", "Australia/Lord_Howe",
         "Europe/London", "UTC")
COUNTIES = ("north", "south", "west")
WORDS = {"custody": ("none", "juvenile", "adult"), "service": ("counselling", "housing", "work"),
         "level": ("low", "high")}

# Facts and fields: name -> how its type is written; `?` makes it optional.
FACTS = {
    "person": {"age": "years from 0 to 120?", "custody": "custody", "housed": "yes/no", "income": "money?",
               "score": "number", "joined": "date?", "helper": "agency?", "share": "percent?"},
    "buyer": {"age": "years?", "warned": "yes/no", "fines": "money"},
    "agency": {"vetted": "yes/no", "rating": "number?", "level": "level"},
}
EVENTS = {
    "intake": ("person", {}, ("age", "custody", "helper")),
    "session": ("person", {"provider": "agency", "minutes": "number from 0 to 600", "service": "service"}, ()),
    "missed": ("person", {"explained": "yes/no"}, ()),
    "enrolled": ("person", {}, ()),
    "completed": ("person", {}, ()),
    "moved": ("person", {"provider": "agency?", "rent": "money"}, ("housed",)),
    "left": ("person", {}, ()),
    "earned": ("person", {"sum": "money?"}, ("income", "joined", "score")),
    "judged": ("buyer", {"fee": "money", "paid": "money?"}, ()),
    "class_taken": ("buyer", {}, ()),
    "shown": ("buyer", {}, ("warned", "fines", "age")),
    "letter": ("person, buyer", {}, ()),
    "reviewed": ("agency", {}, ("vetted", "rating", "level")),
}
DEFAULTS = {"custody": "none", "yes/no": "no", "number": "3", "money": "$250", "level": "low"}
FIXED = {"custody": "adult", "yes/no": "yes", "number": "60", "money": "$1", "level": "high", "date": "2026-12-01",
         "years": "18", "percent": "7.5%"}
PARTIES, FUNDS = ("office", "advocate"), ("services", "school")
PERIODS = ("1 day", "3 days", "14 days", "2 weeks", "1 month", "3 months", "1 year", "1 business day",
           "5 business days")
ORDINALS = ("first", "second", "third")


class Chance(random.Random):
    def maybe(self, of=2):
        return self.randrange(of) == 0

    def some(self, items, least=0):
        items = list(items)
        return self.sample(items, self.randint(min(least, len(items)), len(items)))


BLOCKS = ("locked", "stipend", "schedule", "escalation", "stages", "fine", "rule")


def type_words(type):
    name = type.rstrip("?")
    words = "one of " + ", ".join(WORDS[name]) if name in WORDS else name
    return words + (" optional" if type.endswith("?") else "")


def base(type):
    return type.rstrip("?").split(" ")[0]
