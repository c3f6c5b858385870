from . import cached_mixin
from . import history_mixin
from . import log_mixin
from . import multilingual_mixin
from . import task_plan_mixin
from . import ir_attachment
from . import write_path
