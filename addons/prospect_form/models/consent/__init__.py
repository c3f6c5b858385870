from . import field
from . import form
