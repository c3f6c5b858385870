from . import prospect_notification
from . import prospect_operation
from . import prospect_report
