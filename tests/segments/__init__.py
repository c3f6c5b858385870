from . import test_segment_sync
from . import test_segments
from . import test_web_segments
