from . import prospect_status_delete
