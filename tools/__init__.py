from .headers import guess_fields
from .names import join_name, split_name
