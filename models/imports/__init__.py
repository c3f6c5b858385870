from . import base_import_import
from . import operation
from . import operation_file
from . import crm_lead
