"""The same person without e-mail and phone: a similar name at a similar address."""

from odoo.tests import tagged

from odoo.addons.prospect.tools.addresses import compare_homes, read_home
from odoo.addons.prospect.tools.persons import get_keys, read_person

from .test_duplicates import DuplicatesCase

HERE = {
    "first_name": "Étienne",
    "last_name": "Lefèvre",
    "street": "12 bis, avenue du Général de Gaulle",
    "street2": False,
    "zip": "35000",
    "city": "Rennes",
}
# What another file says of the same person.
SAME = {
    "abbreviations": {"street": "12bis av. du Gal de Gaulle"},
    "another line": {
        "street": "Résidence du Parc",
        "street2": "12 bis avenue Général de Gaulle",
    },
    "capitals, slips": {
        "first_name": "Etiene",
        "last_name": "LEFEVRE",
        "street": "12 B AV GENERAL DE GAULE",
        "city": "RENNES CEDEX",
    },
    "swapped names": {"first_name": "Lefèvre", "last_name": "Étienne"},
    "initial": {"first_name": "E."},
    "moved letters": {"last_name": "Lefèvre", "zip": "35200", "city": "Rnenes"},
    "no number": {"street": "avenue du Général de Gaulle"},
    "no postcode": {"zip": False},
    "no place": {"city": False},
    "town in the line": {
        "street": "12 bis avenue du Général de Gaulle, 35000 Rennes",
        "zip": False,
        "city": False,
    },
    "married": {"last_name": "Caron"},
    "no first name": {"first_name": False},
    "joined words": {"street": "12 bis avenuedu General deGaulle"},
}
# Who is somebody else.
OTHERS = {
    "family": {"first_name": "Zoé"},
    "sister": {"first_name": "Étiennette"},
    "neighbour": {
        "first_name": "Paul",
        "last_name": "Roux",
        "street": "14 avenue du Général de Gaulle",
    },
    "namesake elsewhere": {"zip": "69001", "city": "Lyon", "street": "3 rue Haute"},
    "namesake in the same town": {"street": "87 boulevard de la Liberté"},
    "namesake in a street of that name": {
        "street": "40 avenue du Général de Gaulle",
        "zip": "69001",
        "city": "Lyon",
    },
    "flatmate": {"first_name": "Anna", "last_name": "Roux"},
}


@tagged("post_install", "-at_install")
class TestDuplicateAddresses(DuplicatesCase):
    def _person(self, **changes):
        nameless = {"contact_name": False, "email_from": False, "name": "x"}
        return self._prospect(**{**nameless, **HERE, **changes})

    def _find(self, cases, **common):
        """{name of a case: (kinds of reasons, points) of its pair with who is above,
        or None}; only these two live there.
        """
        found = {}
        for name, changes in cases.items():
            one = self._person(**common)
            two = self._person(**{**common, **changes})
            self._scan()
            pair = self._pair(one, two)
            # the next search forgets it
            found[name] = (self._kinds(pair), pair.score) if pair else None
            (one + two).active = False
        return found

    def test_same_person(self):
        for name, found in self._find(SAME).items():
            with self.subTest(name):
                self.assertTrue(found)
                kinds, points = found
                self.assertEqual(kinds, {"name_street"})
                self.assertLess(points, self.Scan._get_automatic(), "look at it")

    def test_somebody_else(self):
        self.assertEqual(self._find(OTHERS), dict.fromkeys(OTHERS))

    def test_english(self):
        here = {
            "first_name": "Emily",
            "last_name": "Turner",
            "street": "Flat 3, 12 St John's Lane",
            "zip": "BS8 2EX",
            "city": "Bristol",
        }
        cases = {
            "abbreviated": {"street": "flat 3 12 Saint Johns Ln", "zip": "bs82ex"},
            "slip": {"first_name": "Emliy", "street": "12 St Jhon's Lane"},
            "turned number": {"street": "21 St John's Lane", "zip": False},
        }
        for name, found in self._find(cases, **here).items():
            with self.subTest(name):
                self.assertEqual(found and found[0], {"name_street"})

    def test_offices(self):
        """Colleagues share an address: only a whole name counts there."""
        found = self._find(
            {
                "same": {"street": "12bis av. Gal de Gaulle"},
                "colleague": {"last_name": "Caron"},
            },
            partner_name="Acme",
        )
        self.assertTrue(found["same"])
        self.assertFalse(found["colleague"])

    def test_what_distinguishes_them(self):
        """Two addresses or numbers say more than a name that is partly the same."""
        one = self._person(email_from="e@one.test", phone="+33612345678")
        two = self._person(last_name="Caron", email_from="c@two.test")
        three = self._person(last_name="Caron", phone="+33612345679", city="Rennes")
        self._scan()
        self.assertFalse(self._pair(one, two))
        self.assertFalse(self._pair(one, three))

    def test_contact(self):
        """A contact has a name in one field, and an address as well."""
        contact = self.env["res.partner"].create(
            {
                "name": "Étienne Lefebvre",
                "street": "12 bis av. Général de Gaulle",
                "city": "Rennes",
                "zip": "35000",
            }
        )
        lead = self._person()
        self._scan()
        self.assertEqual(self._kinds(self._pair(lead, contact)), {"name_street"})

    def test_decision_holds_until_the_address_changes(self):
        one, two = self._person(), self._person(last_name="Lefebvre")
        self._scan()
        self._pair(one, two).set_not_duplicates()
        self._scan()
        self.assertEqual(self._pair(one, two).state, "not_duplicate")
        two.street2 = "Résidence du Parc"
        self._scan(is_full=True)
        self.assertEqual(self._pair(one, two).state, "open")
        self.assertTrue(self._pair(one, two).is_reopened)

    def test_switched_off(self):
        """A rule like the others."""
        self.env.ref("prospect.prospect_duplicate_rule_name_street").active = False
        self.assertEqual(
            self._find({"slip": {"last_name": "Lefebvre"}}, zip=False), {"slip": None}
        )

    def test_typed(self):
        """Who types a person with an address is told."""
        known = self._person()
        self._scan()
        told = self.env["crm.lead"].prospect_find_existing(
            {
                "first_name": "Etienne",
                "last_name": "Lefebvre",
                "street": "12 bis av. du Gal de Gaulle",
                "city": "Rennes",
            }
        )
        self.assertEqual([row["id"] for row in told], known.ids)

    def test_neighbours_are_not_compared(self):
        """A house whose beginning many share finds nobody by it."""
        people = [
            self._person(
                first_name=f"Ana{chr(97 + number)}",
                last_name=f"Roux{chr(97 + number)}",
                street=f"{number} avenue du Général de Gaulle",
            )
            for number in range(1, 20)
        ]
        self._scan()
        pairs = self.env["prospect.dedupe.index"]._find_pairs(
            [person.id for person in people]
        )
        self.assertLess(len(pairs), 40, "of 171")

    def test_keys(self):
        """A house is found by odd numbers, all else by even ones."""
        home = read_home(HERE["street"], "", HERE["city"])
        person = read_person("Étienne", "Lefèvre", "", "", "e@x.test", "", "", home)
        odd = {key for key in get_keys(person) if key & 1}
        self.assertTrue(odd)
        self.assertEqual(get_keys(person) - odd, get_keys(person._replace(home=None)))

    def test_streets(self):
        """Pairs of lines: the same street, or another one."""

        def compare(one, two):
            return compare_homes(
                *(
                    read_person("", "", "", "", "", "", "35000", read_home(*lines))
                    for lines in ((one, "", ""), (two, "", ""))
                )
            )

        for one, two in (
            ("3 r. Saint-Martin", "3 rue St Martin"),
            ("3 bd. Mal Foch", "3, boulevard du Maréchal Foch"),
            ("5 ch. des Prés", "5 chemin des Pres"),
            ("7 Victoria Ave", "7 Victoria Avenue"),
            ("9 Queen's Cres.", "9 Queens Crescent"),
            ("10-12 place d'Armes", "12 place Armes"),
            ("8 rue du 8 mai 1945", "8, r du 8 Mai 1945"),
            ("Hauptstraße 7", "Hauptstrasse 7"),
        ):
            with self.subTest(one=one, two=two):
                self.assertEqual(compare(one, two), 100)
        for one, two in (
            ("3 rue Saint-Martin", "3 rue Pasteur"),
            ("12 avenue Foch", "47 avenue Jean Jaurès"),
            ("8 rue du 8 mai 1945", "19 rue du 19 mars 1962"),
        ):
            with self.subTest(one=one, two=two):
                self.assertLess(compare(one, two), 84)
        self.assertEqual(compare("3 rue Pasteur", "47 rue Pasteur"), 80)
