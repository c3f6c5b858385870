from . import test_hooks
from . import test_layout
