from . import test_crm_lead_names
from . import test_crm_lead_status
from . import test_custom_fields
from . import test_doors
from . import test_prospect_status
from . import test_source_defaults
from . import test_utm_source
from . import test_web
