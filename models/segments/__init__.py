from . import remarks
from . import segment
from . import list
from . import segment_count
from . import segment_sync
from . import segment_order
from . import segment_trace
