from . import crm_lead
from . import duplicate_pair
from . import duplicate_rule
from . import duplicate_scan
from . import identity
from . import identity_key
from . import identity_progress
