from . import test_audience
from . import test_figures
from . import test_mailing
from . import test_readers
from . import test_unsubscribe
