from . import list
from . import crm_lead
from . import list_policy
from . import membership
