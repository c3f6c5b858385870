from . import prospect_consent_purpose
from . import prospect_consent_text
from . import prospect_consent
from . import crm_lead
from . import crm_lead_opt_out
from . import ir_http
from . import prospect_consent_signal
from . import prospect_person
