from . import ir_http
from . import prospect_capture
from . import prospect_webhook
from . import prospect_webhook_mapping
from . import prospect_webhook_receiving
from . import prospect_webhook_field
from . import utm_source
