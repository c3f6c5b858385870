"""The tests need OCA's queue_job, which is not installed everywhere."""

from odoo.modules import Manifest

collect_ignore_glob = [] if Manifest.for_addon("queue_job") else ["test_*.py"]
