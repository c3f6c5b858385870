from . import test_multi_company
from . import test_rights
from . import test_security
from . import test_trusted
from . import test_web_rights
