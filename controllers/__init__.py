from . import prospect_operation
from . import prospect_report
