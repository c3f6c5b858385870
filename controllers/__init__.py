from . import prospect_notification
from . import prospect_operation
