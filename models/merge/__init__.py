from . import crm_lead
from . import crm_lead_signal
from . import duplicate_scan
from . import keeper
from . import operation
from . import operation_line
from . import operation_undo
from . import pointer
