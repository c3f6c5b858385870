from . import prospect_webhook
