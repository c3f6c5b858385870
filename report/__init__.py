from . import figures
from . import analysis
from . import analysis_funnel
from . import analysis_table
from . import dashboard
from . import digest_digest
from . import list_growth
from . import my_day
