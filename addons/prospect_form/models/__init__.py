from . import form
from . import public
from . import answers
from . import figures
from . import consent
