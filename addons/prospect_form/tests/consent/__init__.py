from . import test_consent
from . import test_web_consent
from . import test_signals
