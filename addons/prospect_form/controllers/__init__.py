from . import prospect_form
