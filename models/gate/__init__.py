from . import remarks
from . import value_remarks
from . import crm_lead
from . import crm_lead_fast
from . import exception
from . import key
from . import reader
