"""How Sphinx builds the documentation; ``bin/lint`` runs it and takes no warning."""

project = "Prospect"
copyright = "the authors of Prospect, LGPL-3"
extensions = []
exclude_patterns = ["_build"]
html_theme = "alabaster"
root_doc = "index"
