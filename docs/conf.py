"""How Sphinx builds the documentation; ``bin/lint`` runs it and takes no warning."""

project = "Prospect"
copyright = "the authors of Prospect, LGPL-3"  # noqa: A001 - Sphinx's name
extensions = []
exclude_patterns = ["_build"]
html_theme = "alabaster"
root_doc = "index"
