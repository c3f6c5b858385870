from . import test_assignment
from . import test_rotation
from . import test_web_rotation
