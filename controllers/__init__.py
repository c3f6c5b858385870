from . import prospect_operation
