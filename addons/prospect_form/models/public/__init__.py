from . import form
from . import ir_http
from . import limit
