from . import test_report
from . import test_report_concurrency
from . import test_report_schedule
from . import test_summary
from . import test_web_report
