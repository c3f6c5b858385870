from . import prospect_consent
from . import prospect_form
