from . import prospect_consent
from . import prospect_form
from . import prospect_form_sheet
