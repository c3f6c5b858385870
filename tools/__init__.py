from .columns import REPEATABLE, TARGETS, Guess, canonical_target, guess_columns
from .headers import REASON_HEADERS, guess_fields, normalize_header
from .names import join_name, split_name
from .tabular import (
    CODES,
    Limits,
    Table,
    TableError,
    open_table,
    rejected_extension,
    write_rejected,
)
from .values import clean_email, clean_phone_text, parse_bool, split_cell
