from . import test_tools
from . import test_form
from . import test_receive
from . import test_public
from . import test_public_concurrency
from . import test_fuzz
