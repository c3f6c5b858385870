from . import test_import
from . import test_import_bad
from . import test_import_generated
from . import test_import_page
from . import test_import_twin
from . import test_operation_import
from . import test_tabular
from . import test_web_import
