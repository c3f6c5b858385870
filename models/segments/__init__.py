from . import segment
from . import list
from . import segment_count
from . import segment_feed
from . import segment_order
from . import segment_trace
