from . import test_builder
from . import test_figures
from . import test_form
from . import test_fuzz
from . import test_public
from . import test_public_concurrency
from . import test_receive
from . import test_tools
