from . import form
from . import limit
