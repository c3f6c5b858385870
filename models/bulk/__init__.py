from . import remarks
from . import crm_lead
from . import operation
from . import operation_line
from . import operation_page
from . import operation_reaction
from . import operation_undo
from . import planner
