from . import prospect_consent
