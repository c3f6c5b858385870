from . import test_hooks
from . import test_layout
from . import test_own_transaction
from . import test_read_ok
from . import test_remarks
from . import test_seams
from . import test_signals
