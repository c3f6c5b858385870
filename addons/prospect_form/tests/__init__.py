from . import test_tools

# Odoo's loader looks at the names of this package alone, as in mail
from .form import *
from .public import *
from .answers import *
from .figures import *
from .consent import *
