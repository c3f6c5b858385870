from . import remarks
from . import crm_lead
from . import crm_team
from . import mail_mail
from . import notification
from . import notification_event
from . import notification_rule
from . import res_users
