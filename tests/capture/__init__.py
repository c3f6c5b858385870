from . import test_capture
from . import test_mail
from . import test_mail_exception
from . import test_mail_wire
from . import test_mail_writer
from . import test_web_inbox
from . import test_capture_killed
