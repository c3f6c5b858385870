"""Who the demo prospects are and what happened to them; plain Python, no ORM.

:func:`make_plan` gives the same plan for the same moment of installation: the draws
come from a seeded generator.
"""

import math
import random
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import product

from .companies import COMPANIES
from .people import CITIES, FIRST_NAMES, LAST_NAMES, ROLES, STREETS
from .texts import ACTIVITIES, JUNK_REASONS, LOST_REASONS, NOTES, REQUESTS

SEED = 1909
DAYS = 150
FAIR_DAYS_AGO, WEBINAR_DAYS_AGO = 76, 27
COUNTRIES = {"fr": 178, "uk": 72, "de": 20, "es": 16, "us": 14}
# Where they came from, beside the two imported files.
IMPORTS = {"fair": 38, "webinar": 22}
SOURCES = {
    "form": 66,
    "email": 39,
    "call": 33,
    "event": 30,
    "dashboard": 27,
    "survey": 12,
    "facebook": 10,
    "instagram": 9,
    "missed_call": 6,
    "booking": 4,
    "checkout": 4,
}
BY_HAND = ("call", "dashboard", "missed_call")
# The causes of the history that are not "by hand".
CAUSES = {
    "import": "import",
    "email": "email",
    "form": "form",
    "event": "form",
    "survey": "form",
    "booking": "form",
    "checkout": "form",
}
SALES_PEOPLE = {
    "france": {"camille": 45, "mehdi": 40, "helene": 15},
    "international": {"oliver": 45, "priya": 40, "fiona": 15},
}
LEADERS = {"france": "helene", "international": "fiona"}


@dataclass
class Outcome:
    """How a number of prospects ended up.

    ``ages`` are the days since their creation that suit the outcome; ``paths`` the
    steps that lead to it, of which one is drawn.
    """

    count: int
    ages: tuple
    paths: tuple


# How many stay new: mostly those who have just arrived.
NEW_COUNT, NEW_DAYS = 105, 25
# In the order in which they choose among the others.
OUTCOMES = {
    "won": Outcome(
        11,
        (35, 150),
        (
            ("in_progress", "convert", "qualified", "won"),
            ("in_progress", "to_clarify", "convert", "proposition", "won"),
        ),
    ),
    "opportunity_lost": Outcome(
        7,
        (30, 150),
        (
            ("in_progress", "convert", "proposition", "opportunity_lost"),
            ("in_progress", "convert", "opportunity_lost"),
        ),
    ),
    "opportunity": Outcome(
        18,
        (10, 100),
        (
            ("in_progress", "convert"),
            ("in_progress", "convert", "qualified"),
            ("in_progress", "to_clarify", "convert", "qualified", "proposition"),
        ),
    ),
    "in_progress": Outcome(
        75,
        (2, 110),
        (
            *[("in_progress",)] * 12,
            *[("to_clarify", "in_progress")] * 3,
            ("in_progress", "to_clarify", "in_progress"),
            ("junk", "restore", "in_progress"),
        ),
    ),
    "to_clarify": Outcome(
        30,
        (3, 75),
        (("to_clarify",), ("in_progress", "to_clarify"), ("in_progress", "to_clarify")),
    ),
    "contact": Outcome(
        18,
        (6, 150),
        (
            ("contact",),
            ("in_progress", "contact"),
            ("in_progress", "to_clarify", "contact"),
        ),
    ),
    "junk": Outcome(
        36,
        (3, 150),
        (
            ("junk",),
            ("lost",),
            ("in_progress", "junk"),
            ("to_clarify", "junk"),
            ("in_progress", "to_clarify", "lost"),
        ),
    ),
}
# Days within which the work with a prospect happened, by outcome.
PACE = {"won": 60, "opportunity_lost": 55, "opportunity": 45, "junk": 25}


@dataclass
class Event:
    """Something that happened to a prospect: a step, or joining or leaving a list."""

    date: object
    action: str
    user: str
    list_name: str = ""
    cause: str = "manual"
    reason: str = ""


@dataclass
class Plan:
    """One demo prospect: its first values, its history and what is to be done."""

    country: str
    gender: str
    first_name: str
    last_name: str
    date: object = None
    outcome: str = "new"
    source: str = ""
    import_name: str = ""
    user: str = ""
    creator: str = ""
    tags: list = field(default_factory=list)
    values: dict = field(default_factory=dict)
    opportunity: dict = field(default_factory=dict)
    joined: list = field(default_factory=list)
    steps: list = field(default_factory=list)
    list_events: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    activities: list = field(default_factory=list)

    @property
    def team(self):
        return "france" if self.country == "fr" else "international"

    @property
    def language(self):
        return "fr" if self.country == "fr" else "en"

    @property
    def cause(self):
        return CAUSES.get(self.source, "manual")

    @property
    def is_open(self):
        return self.outcome in ("new", "in_progress", "to_clarify", "opportunity")


def make_plan(now):
    """The demo prospects, oldest first.

    :param datetime now: the moment of the installation, in UTC
    """
    planner = Planner(now)
    plans = planner.draw_people()
    planner.draw_companies(plans)
    planner.draw_arrivals(plans)
    plans.sort(key=lambda plan: plan.date)
    planner.draw_outcomes(plans)
    for plan in plans:
        planner.draw_sales_person(plan)
        planner.draw_request(plan)
        planner.draw_steps(plan)
        planner.draw_notes(plan)
        planner.draw_activity(plan)
        planner.draw_lists(plan)
    planner.draw_private_list(plans)
    return plans


def slugify(text):
    """The part of an address that stands for a name.

    >>> slugify("Clinique des Vosgelles & Cie"), slugify("D'Été")
    ('clinique-des-vosgelles-cie', 'd-ete')
    """
    text = text.replace("ß", "ss").replace("ü", "ue").replace("ö", "oe")
    text = unicodedata.normalize("NFKD", text.casefold().replace("ä", "ae"))
    text = text.encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", text).strip("-")


class Planner:
    """Draws all that is left to chance, always in the same order."""

    def __init__(self, now):
        self.now = now.replace(microsecond=0)
        self.random = random.Random(SEED)
        self.phones = set()
        self.requests = set()

    def weighted(self, weights):
        """One key of ``weights``, in proportion to its weight."""
        return self.random.choices(list(weights), list(weights.values()))[0]

    # --- People -------------------------------------------------------------------

    def draw_people(self):
        """People of all countries, no two of the same name, in random order."""
        plans = []
        for country, count in COUNTRIES.items():
            last_names = LAST_NAMES[country].split(", ")
            names = [
                (gender, first_name, last_name)
                for gender in "fm"
                for first_name, last_name in product(
                    FIRST_NAMES[country][gender].split(), last_names
                )
                if first_name != last_name
            ]
            # Each last name at most a few times, as in a real address book.
            self.random.shuffle(names)
            per_name = -(-count // len(last_names)) + 1
            used = {}
            for gender, first_name, last_name in names:
                if used.get(first_name, 0) > 3 or used.get(last_name, 0) >= per_name:
                    continue
                used[first_name] = used.get(first_name, 0) + 1
                used[last_name] = used.get(last_name, 0) + 1
                plans.append(Plan(country, gender, first_name, last_name))
                if sum(plan.country == country for plan in plans) == count:
                    break
        self.random.shuffle(plans)
        return plans

    def draw_companies(self, plans):
        """An employer for most, and where they can be reached."""
        companies = {}
        for name, city, *marks in COMPANIES:
            country, codes, _phone = CITIES[city]
            address = self._draw_address(country, city, codes)
            weight = self.random.choice((2, 3, 4)) + 2 * len(marks)
            companies.setdefault(country, []).append((name, address, marks, weight))
        for plan in plans:
            if self.random.random() < 0.14:
                self._set_private_address(plan)
            else:
                offers = companies[plan.country]
                weights = [weight for *_rest, weight in offers]
                name, address, marks, _weight = self.random.choices(offers, weights)[0]
                self._set_company(plan, name, address, marks)
            phone = CITIES[plan.values["city"]][2]
            if phone and self.random.random() < 0.85:
                plan.values["phone"] = self._draw_phone(phone)
            plan.values["contact_name"] = f"{plan.first_name} {plan.last_name}"

    def _draw_address(self, country, city, codes):
        street = self.random.choice(STREETS[country])
        return {
            "street": street.format(self.random.randint(1, 140)),
            "zip": self.random.choice(codes),
            "city": city,
        }

    def _set_company(self, plan, name, address, marks):
        domain = f"{slugify(name)}.example"
        role = self.random.choice(ROLES[plan.country])
        plan.values.update(
            address,
            partner_name=name,
            website=f"https://www.{domain}",
            function=role["fm".index(plan.gender)],
            email_from=f"{self._get_mailbox(plan)}@{domain}",
        )
        if marks:
            plan.tags.append("key_account")
        if role[0].startswith(("Direct", "Managing", "VP")) and (
            self.random.random() < 0.4
        ):
            plan.values["assistant_email"] = f"assistant@{domain}"

    def _set_private_address(self, plan):
        cities = [
            (city, codes)
            for city, (country, codes, _phone) in CITIES.items()
            if country == plan.country
        ]
        address = self._draw_address(plan.country, *self.random.choice(cities))
        ending = self.random.choice(("com", "org", "net"))
        plan.values.update(
            {key: address[key] for key in ("zip", "city")},
            email_from=f"{self._get_mailbox(plan)}@example.{ending}",
        )

    def _get_mailbox(self, plan):
        return f"{slugify(plan.first_name)}.{slugify(plan.last_name)}"

    def _draw_phone(self, pattern):
        while True:
            phone = re.sub("#", lambda _: str(self.random.randint(0, 9)), pattern)
            if phone not in self.phones:
                self.phones.add(phone)
                return phone

    # --- Arrival ------------------------------------------------------------------

    def draw_arrivals(self, plans):
        """When each prospect arrived, and how."""
        sources = [name for name, count in SOURCES.items() for _ in range(count)]
        self.random.shuffle(sources)
        files = {
            "fair": [plan for plan in plans if plan.country == "fr"],
            "webinar": [plan for plan in plans if plan.country != "fr"],
        }
        days_ago = {"fair": FAIR_DAYS_AGO, "webinar": WEBINAR_DAYS_AGO}
        for name, people in files.items():
            moment = self._to_working_time(self.now - timedelta(days=days_ago[name]))
            for plan in people[: IMPORTS[name]]:
                plan.source, plan.import_name, plan.date = "import", name, moment
        for plan in plans:
            if not plan.source:
                plan.source = sources.pop()
                plan.date = self._draw_arrival(plan.source)

    def _draw_arrival(self, source):
        """A moment of the last months: more of late, fewer at weekends."""
        today = self.now.replace(hour=0, minute=0, second=0)
        days = [today - timedelta(days=ago) for ago in range(DAYS)]
        quiet = 0 if source in BY_HAND else 0.3
        weights = [
            (1 + 1.6 * (DAYS - ago) / DAYS) * (quiet if day.weekday() > 4 else 1)
            for ago, day in enumerate(days)
        ]
        day = self.random.choices(days, weights)[0]
        hours = (7, 16) if source in BY_HAND else (5, 21)
        seconds = self.random.triangular(hours[0] * 3600, hours[1] * 3600, 10 * 3600)
        moment = day + timedelta(seconds=int(seconds))
        if moment >= self.now:
            # Today, later than now: the evening before will do.
            moment -= timedelta(days=1)
        return moment

    # --- The work -----------------------------------------------------------------

    def draw_outcomes(self, plans):
        """Give each outcome its number of prospects, of an age that suits it."""
        ages = [(self.now - plan.date).days for plan in plans]
        new = [1e3 if age < 4 else math.exp(-age / NEW_DAYS) for age in ages]
        kept = self._choose(new, NEW_COUNT)
        for name, outcome in OUTCOMES.items():
            youngest, oldest = outcome.ages
            weights = [
                (position not in kept and age >= youngest)
                * (1 if age <= oldest else 0.1)
                for position, age in enumerate(ages)
            ]
            chosen = self._choose(weights, outcome.count)
            for position in chosen:
                plans[position].outcome = name
            kept |= chosen

    def _choose(self, weights, count):
        """``count`` different positions, those of more weight more often."""
        chances = sorted(
            (self.random.random() ** (1 / weight), position)
            for position, weight in enumerate(weights)
            if weight
        )
        return {position for _chance, position in chances[-count:]}

    def draw_sales_person(self, plan):
        """Who looks after the prospect, and who made it."""
        age = (self.now - plan.date).days
        if (
            plan.outcome != "new"
            or plan.source in BY_HAND
            or self.random.random() > (0.5 if age < 10 else 0.25)
        ):
            plan.user = self.weighted(SALES_PEOPLE[plan.team])
        plan.creator = self._get_creator(plan)

    def _get_creator(self, plan):
        if plan.source == "import":
            return LEADERS[plan.team]
        return plan.user if plan.source in BY_HAND else "robot"

    def draw_request(self, plan):
        """What the person asked for, how promising it is and what an opportunity is
        worth.
        """
        customer = plan.values.get("partner_name") or plan.last_name
        requests = REQUESTS[plan.language]
        other = [row for row in requests if (customer, row[1]) not in self.requests]
        tag, title, text = self.random.choice(other or requests)
        self.requests.add((customer, title))
        people = self.random.choice((8, 12, 15, 20, 25, 30, 40, 60, 80, 120))
        if tag in ("in_house", "open_course"):
            people = self.random.choice((2, 3, 4, 6, 8, 10, 12))
        elif tag in ("conference", "gala"):
            people = self.random.choice((60, 90, 120, 150, 200, 250))
        if self.random.random() < (0.25 if plan.source == "import" else 0.7):
            plan.tags.append(tag)
            plan.values["description"] = text.format(n=people)
        worth = {"in_house": 650, "open_course": 480, "online": 90}.get(tag, 140)
        worth *= people * self.random.uniform(0.8, 1.3)
        plan.opportunity = {
            "name": f"{title.format(n=people)} ({customer})",
            "expected_revenue": round(worth, -2),
            "date_deadline": self._draw_deadline(plan),
            "probability": 20,
        }
        if plan.outcome != "junk":
            stars = {"0": 50, "1": 28, "2": 15, "3": 7}
            if (
                "key_account" in plan.tags
                or plan.opportunity["expected_revenue"] > 15000
            ):
                stars = {"0": 20, "1": 30, "2": 30, "3": 20}
            plan.values["priority"] = self.weighted(stars)

    def _draw_deadline(self, plan):
        """Expected closing: to come for open opportunities, past for the others."""
        last = self.now if plan.is_open else plan.date
        days = self.random.randint(10, 60)
        return self._to_week_day(last.date() + timedelta(days=days), 1)

    def draw_steps(self, plan):
        """The steps that led from new to the outcome, with their dates."""
        outcome = OUTCOMES.get(plan.outcome)
        if not outcome:
            return
        path = self.random.choice(outcome.paths)
        moments = self._draw_moments(plan, len(path), PACE.get(plan.outcome, 20))
        for action, moment in zip(path, moments, strict=True):
            reason = ""
            if action in ("junk", "lost"):
                reason = self.weighted(JUNK_REASONS)
            elif action == "opportunity_lost":
                reason = self.weighted(LOST_REASONS)
            plan.steps.append(Event(moment, action, plan.user, reason=reason))

    def draw_notes(self, plan):
        """What the sales people wrote down on the way."""
        for step in plan.steps:
            texts = NOTES.get(step.action, {}).get(plan.language)
            if texts and self.random.random() < 0.5:
                plan.notes.append((step.date, step.user, self.random.choice(texts)))

    def draw_activity(self, plan):
        """What is to be done: late, today or in the coming weeks."""
        if not plan.user:
            return
        chance = {
            "new": 0.3,
            "in_progress": 0.7,
            "opportunity": 0.75,
            "to_clarify": 0.5,
        }
        if self.random.random() > chance.get(plan.outcome, 0.15):
            return
        if not plan.is_open and plan.outcome != "junk":
            return
        today = self.now.date()
        kind = self.weighted({"late": 17, "today": 15, "planned": 68})
        deadline = today
        if kind == "late":
            last = plan.steps[-1].date if plan.steps else plan.date
            day = today - timedelta(days=self.random.randint(1, 9))
            deadline = max(self._to_week_day(day, -1), last.date())
        elif kind == "planned":
            day = today + timedelta(days=self.random.randint(1, 21))
            deadline = self._to_week_day(day, 1)
        activity, summary = self.random.choice(ACTIVITIES[plan.language])
        plan.activities.append((activity, summary, deadline))

    # --- Lists --------------------------------------------------------------------

    def draw_lists(self, plan):
        """The lists that a prospect joined and left."""
        if plan.import_name:
            plan.joined.append(plan.import_name)
        if plan.cause == "form" and self.random.random() < 0.5:
            plan.joined.append("newsletter")
            self._draw_newsletter_end(plan)
        elif not plan.import_name and self.random.random() < 0.1:
            self._add_list_event(plan, "join", "newsletter", 10)
        if plan.country == "uk" and plan.user and self.random.random() < 0.4:
            self._add_list_event(plan, "join", "open_day", 15)
        elif plan.import_name == "fair" and plan.outcome == "junk":
            self._add_list_event(plan, "leave", "fair", 40)

    def draw_private_list(self, plans):
        """Camille's own list: prospects she wants to call first."""
        mine = [
            plan
            for plan in plans
            if plan.user == "camille" and (plan.is_open or plan.outcome == "contact")
        ]
        for plan in self.random.sample(mine, min(16, len(mine))):
            self._add_list_event(plan, "join", "camille", 15, user="camille")
            if plan.outcome in ("opportunity", "contact"):
                self._add_list_event(plan, "leave", "camille", 20, user="camille")

    def _draw_newsletter_end(self, plan):
        """Some take their name off the newsletter, and a few come back."""
        if self.random.random() < 0.18:
            self._add_list_event(plan, "leave", "newsletter", 40)
            if self.random.random() < 0.3:
                self._add_list_event(plan, "join", "newsletter", 30)

    def _add_list_event(self, plan, action, list_name, days, user=""):
        """Let a prospect join or leave a list within some days after the last time."""
        last = plan.list_events[-1].date if plan.list_events else plan.date
        moment = self._draw_moment(last, days)
        user = user or plan.user or LEADERS[plan.team]
        plan.list_events.append(Event(moment, action, user, list_name))

    # --- Moments ------------------------------------------------------------------

    def _draw_moments(self, plan, count, days):
        """``count`` moments after the arrival, in order, within about ``days``."""
        span = min(timedelta(days=days), self.now - plan.date)
        moments, last = [], plan.date
        for position in range(1, count + 1):
            goal = plan.date + span * self.random.uniform(0.5, 1) * position / count
            last = self._to_working_time(max(goal, last), last)
            moments.append(last)
        return moments

    def _draw_moment(self, last, days):
        span = min(timedelta(days=days), self.now - last)
        return self._to_working_time(last + span * self.random.random(), last)

    def _to_working_time(self, moment, after=None):
        """Office hours near a moment: later than ``after`` and before now."""
        day = self._to_week_day(moment, 1)
        hour, minute = self.random.randint(7, 15), self.random.randint(0, 59)
        moment = day.replace(
            hour=hour, minute=minute, second=self.random.randint(0, 59)
        )
        if after and moment <= after:
            moment = after + timedelta(minutes=self.random.randint(5, 90))
        if moment >= self.now:
            # No time left before now: a place between the two.
            start = after or self.now - timedelta(hours=2)
            moment = start + (self.now - start) * self.random.uniform(0.3, 0.7)
        return moment.replace(microsecond=0)

    def _to_week_day(self, day, direction):
        while day.weekday() > 4:
            day += timedelta(days=direction)
        return day
