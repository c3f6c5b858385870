from . import form
from . import count
from . import figures
