from . import crm_lead
from . import test_prospect_note
