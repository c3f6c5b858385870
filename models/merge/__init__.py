from . import crm_lead
from . import duplicate_pair
from . import duplicate_scan
from . import keeper
from . import operation
from . import operation_line
from . import operation_undo
from . import pointer
