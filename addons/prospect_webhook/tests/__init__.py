from . import test_concurrency
from . import test_http
from . import test_mapping
from . import test_payloads
from . import test_rights
from . import test_schemes
from . import test_tools
from . import test_web_webhook
