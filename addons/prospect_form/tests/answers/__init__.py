from . import test_answers
from . import test_erasure_form
from . import test_identity_form
from . import test_mails
from . import test_receive
