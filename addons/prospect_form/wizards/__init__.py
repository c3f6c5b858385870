from . import prospect_form_start
