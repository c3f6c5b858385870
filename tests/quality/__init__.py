from . import test_clean_review
from . import test_suspects
from . import test_web_suspects
