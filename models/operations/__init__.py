from . import operation
from . import operation_line
from . import operation_each
from . import operation_page
from . import operation_right
from . import operation_share
from . import operation_trace
from . import operation_undo
