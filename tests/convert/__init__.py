from . import test_convert
from . import test_convert_killed
from . import test_convert_notes
from . import test_convert_review
from . import test_convert_undo
from . import test_simple
from . import test_web_convert
from . import test_web_ways
