from . import test_fuzz
from . import test_public
from . import test_public_concurrency
from . import test_values
from . import test_web_public
