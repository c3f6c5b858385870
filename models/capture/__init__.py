from . import capture
from . import capture_line
from . import capture_mail
from . import capture_reading
from . import crm_lead
from . import mail_alias
from . import mail_thread
