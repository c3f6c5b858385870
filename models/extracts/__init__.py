from . import remarks
from . import report
from . import report_schedule
from . import crm_lead
from . import reader
from . import report_page
from . import report_template
