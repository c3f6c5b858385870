from . import test_direction
from . import test_install
from . import test_jobs
from . import test_one_loop
from . import test_performance
from . import test_sudo
from . import test_tools
from . import test_work

# Odoo's loader looks at the names of this package alone, as in mail
from .lead import *
from .rights import *
from .gate import *
from .capture import *
from .lists import *
from .segments import *
from .assign import *
from .notify import *
from .quality import *
from .duplicates import *
from .operations import *
from .imports import *
from .bulk import *
from .merge import *
from .convert import *
from .lifecycle import *
from .extracts import *
from .privacy import *
