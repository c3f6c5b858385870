from . import remarks
from . import list
from . import crm_lead
from . import crm_lead_fast
from . import crm_lead_signal
from . import list_policy
from . import list_expiry
from . import membership
