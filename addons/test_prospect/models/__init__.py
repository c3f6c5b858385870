from . import test_prospect_note
