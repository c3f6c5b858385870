from . import remarks
from . import crm_lead
from . import test_prospect_note
from . import crm_lead_seam
from . import prospect_capture
