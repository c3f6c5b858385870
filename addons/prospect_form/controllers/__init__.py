from . import prospect_form
from . import prospect_form_confirm
from . import prospect_form_sheet
