from . import crm_lead
from . import crm_lead_alike
from . import duplicate_pair
from . import duplicate_rule
from . import duplicate_scan
from . import dedupe_index
from . import dedupe_index_key
from . import dedupe_cursor
