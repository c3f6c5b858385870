from . import assignment
from . import crm_lead
from . import crm_lead_fast
from . import crm_lead_signal
from . import crm_team
from . import rotation
from . import rotation_member
