from . import prospect_log_mixin  # isort: skip  (inherited by the logs below)
from . import base_import_import
from . import crm_lead
from . import crm_team
from . import mail_activity
from . import prospect_civility
from . import prospect_list
from . import prospect_membership
from . import prospect_status
from . import prospect_status_change
from . import res_config_settings
from . import utm_mixin
from . import utm_source
