from . import test_builder
from . import test_form
from . import test_web_builder
