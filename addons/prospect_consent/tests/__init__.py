from . import test_by_hand
from . import test_import_opt_outs
from . import test_pages
from . import test_register
