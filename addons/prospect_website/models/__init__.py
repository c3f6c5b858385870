from . import crm_lead
from . import ir_qweb
from . import prospect_person
