from . import test_duplicates_merge
from . import test_merge
from . import test_merge_concurrency
from . import test_merge_undo
from . import test_web_merge
