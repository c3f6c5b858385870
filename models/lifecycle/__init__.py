from . import journey_mixin
from . import crm_lead
from . import journey
from . import journey_person
from . import journey_refresh
from . import journey_step
from . import source_cost
from . import stage_change
