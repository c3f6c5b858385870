from . import test_erasure
from . import test_tombstone
from . import test_web_privacy
