from . import test_analysis
from . import test_my_day
from . import test_web_analysis
