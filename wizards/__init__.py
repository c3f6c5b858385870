from . import crm_lead2opportunity_partner
from . import crm_lead_lost
from . import prospect_capture_ignore
from . import prospect_import
from . import prospect_import_column
from . import prospect_list_add
from . import prospect_right_question
from . import prospect_status_delete
