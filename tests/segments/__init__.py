from . import test_segment_feed
from . import test_segments
from . import test_web_segments
