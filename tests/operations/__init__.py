from . import test_operation_concurrency
from . import test_operation_kind
from . import test_operation_refused
from . import test_distribution
from . import test_kept_sentences
from . import test_undo_after
from . import test_operation_workers
