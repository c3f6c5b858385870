from . import prospect_work
