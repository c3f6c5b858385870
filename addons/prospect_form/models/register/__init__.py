from . import purpose
from . import text
from . import consent
