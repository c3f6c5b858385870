from . import prospect_consent_record
