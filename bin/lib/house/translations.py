"""bin/i18n: writes the terms to translate and brings the translations up to them."""

import argparse

from . import console, setup
from .locks import lock
from .places import checkout


def run():
    """Parse the arguments and go on where Odoo is."""
    parser = argparse.ArgumentParser(
        prog="bin/i18n",
        description="Exports each add-on's terms (i18n/NAME.pot), merges them into "
        "i18n/fr.po (made where it is missing), and lists what lacks"
        " French or has other placeholders; fails when there is such a term.",
    )
    parser.add_argument("--check", action="store_true", help="change no file")
    parser.add_argument("addon", nargs="*", help="only these add-ons")
    options = parser.parse_args()
    house = setup.prepare()
    with lock(f"i18n-{checkout()}", "bin/i18n"):
        return house.run_inside(
            "terms", *(["--check"] if options.check else []), *options.addon
        )


if __name__ == "__main__":
    console.main(run)
