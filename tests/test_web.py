from odoo.tests import HttpCase, tagged

from .common import ProspectCase


@tagged("post_install", "-at_install")
class TestWeb(HttpCase, ProspectCase):
    """The journeys of people, in a real browser."""
