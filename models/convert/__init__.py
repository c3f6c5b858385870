from . import conversion_field
from . import crm_lead
from . import crm_lead_direct
from . import ir_actions_server
from . import operation
from . import operation_line
from . import operation_undo
from . import res_partner
