from . import remarks
from . import base_import_import
from . import operation
from . import operation_archived
from . import operation_file
from . import operation_page
from . import operation_reading
from . import crm_lead
