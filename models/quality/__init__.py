from . import undeliverable_address
from . import crm_lead
from . import mail_blacklist
from . import mail_domain
from . import mail_thread
from . import phone_blacklist
from . import flag_check
from . import flag_dismissal
