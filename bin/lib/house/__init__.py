"""Prospect's developer tools.

Two worlds share this package. ``setup`` and what it imports run in any Python 3.10+
with nothing installed; they make a virtual environment in the cache. What needs Odoo
(``databases``, ``pytest_plugin``, ...) runs in that environment.
"""
