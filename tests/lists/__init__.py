from . import test_list_policy
from . import test_prospect_list
