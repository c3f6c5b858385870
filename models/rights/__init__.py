from . import remarks
from . import right
from . import crm_lead
from . import crm_lead_ask
from . import crm_lead_read
from . import right_change
from . import right_matrix
from . import right_words
