from . import test_clean_review
from . import test_flags
from . import test_web_flags
