from . import test_gate
from . import test_value_channels
from . import test_values
from . import test_identity
from . import test_identity_race
from . import test_wrong_types
