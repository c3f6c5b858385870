from . import test_gate
from . import test_wrong_types
