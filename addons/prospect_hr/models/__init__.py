from . import prospect_right
