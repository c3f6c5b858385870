from . import lifecycle_mixin
from . import crm_lead
from . import lifecycle
from . import lifecycle_salesperson
from . import lifecycle_refresh
from . import lifecycle_step
from . import source_cost
from . import stage_change
