from . import field
from . import form
from . import answer
from . import consent
