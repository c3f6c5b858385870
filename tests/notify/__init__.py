from . import test_notification
from . import test_web_notification
