from . import address_error
from . import crm_lead
from . import mail_blacklist
from . import mail_domain
from . import mail_thread
from . import phone_blacklist
from . import suspect_check
from . import suspect_clearance
