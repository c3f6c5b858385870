from . import list
from . import crm_lead
from . import crm_lead_signal
from . import list_growth
from . import list_policy
from . import membership
