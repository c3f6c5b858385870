from . import test_bulk
from . import test_bulk_twin
from . import test_bulk_undo
from . import test_web_bulk
