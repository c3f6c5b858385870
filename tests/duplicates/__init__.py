from . import test_alike
from . import test_duplicate_addresses
from . import test_duplicate_index
from . import test_duplicates
from . import test_web_alike
from . import test_web_duplicates
