The documentation has one page a feature, in `docs/`; the README is short.
