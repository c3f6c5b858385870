from . import mail_blacklist
from . import mail_mail
from . import mail_thread
from . import mailing_mailing
from . import mailing_trace
from . import prospect_undeliverable_address
from . import prospect_segment
