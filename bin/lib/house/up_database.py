"""The database of bin/up: made, or brought up to date with the add-ons' files. Prints
whether it has demo data.
"""

import argparse

from . import console, databases
from .console import Trouble, say

# Raised with each rename of something that is stored (a model, a field, a value), until
# the first release: the database is made anew. From then on migrations/ do it.
GENERATION = 1


def check_generation(name, noted):
    """Say so where a database holds what has another name by now.

    :param dict noted: what is noted of it
    """
    if noted.get("generation", 0) != GENERATION:
        raise Trouble(
            f"'{name}' is of an older layout: models or fields have other names now, "
            "and before the first release nothing moves their data. Make it again with "
            "bin/up --fresh, which throws it away, or keep it and name another with "
            "--database."
        )


def parts(addons):
    """Fingerprint of each add-on."""
    return {addon: databases.fingerprint([addon]) for addon in addons}


def make(name, addons, demo):
    """Make the database beside its name, and give it the name when it is complete."""
    from odoo.modules.registry import Registry

    below = databases.base(demo=demo)
    say(f"making the database '{name}': {', '.join(addons)}")
    databases.create(f"{name}_new", template=below)
    registry = databases.install(f"{name}_new", install=addons)
    say("making its web bundles")
    databases.make_bundles(registry, tests=False)
    Registry.delete_all()
    databases.note(
        f"{name}_new",
        kind="up",
        demo=demo,
        generation=GENERATION,
        addons=parts(addons),
    )
    databases.finish(f"{name}_new", name)


def update(name, addons, known):
    """Install the add-ons that are new, update those whose files changed."""
    now = parts(addons)
    new = [addon for addon in addons if addon not in known]
    changed = [
        addon for addon in addons if addon in known and known[addon] != now[addon]
    ]
    if not new and not changed:
        return
    say(f"bringing '{name}' up to date: {', '.join(new + changed)}")
    registry = databases.install(name, install=new, upgrade=changed)
    databases.make_bundles(registry, tests=False)
    databases.note(name, addons=now)


def set_language(name, code):
    """Make a language the administrator's."""
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry

    with Registry(name).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        languages = env["res.lang"].with_context(active_test=False)
        language = languages.search([("code", "=", code)]) or languages.search(
            [("iso_code", "=", code)], limit=1
        )
        if not language:
            raise Trouble(f"Odoo has no language '{code}'. Write it as fr_FR.")
        if not language.active:
            say(f"loading the language {language.name}")
            env["base.language.install"].create(
                {"lang_ids": [(6, 0, language.ids)], "overwrite": True}
            ).lang_install()
        env.ref("base.user_admin").lang = language.code


def run():
    """Make or update the database that the command line names."""
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("--no-demo", action="store_true")
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--lang")
    options = parser.parse_args()
    databases.check_server()
    databases.start_odoo(demo=not options.no_demo)
    addons = databases.our_addons(tests=False)
    if not addons:
        raise Trouble("there is no add-on in this checkout yet.")
    if options.fresh:
        databases.drop(options.name)
    known = databases.notes()
    if options.name not in known:
        make(options.name, addons, not options.no_demo)
    elif not known[options.name] or known[options.name].get("kind") != "up":
        raise Trouble(
            f"the database '{options.name}' was not made by bin/up, and is left "
            "alone. Name another: --database NAME"
        )
    else:
        if options.no_demo and known[options.name]["demo"]:
            raise Trouble(
                f"'{options.name}' has example data. Name another with --database, "
                "or make it again with --fresh."
            )
        check_generation(options.name, known[options.name])
        update(options.name, addons, known[options.name]["addons"])
    if options.lang:
        set_language(options.name, options.lang)
    print("demo" if databases.notes()[options.name]["demo"] else "bare")


if __name__ == "__main__":
    console.main(run)
