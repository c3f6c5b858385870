from . import prospect_consent_record
from . import prospect_form_start
