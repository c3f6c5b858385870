"""Long lists as parameters of a query.

The driver writes a list as ``ARRAY['a', 'b', …]``, each item of which the database
parses as an expression: 5 ms for 5,000 of them, against 1 to 2 ms for one literal.
"""

from odoo.tools import SQL


def int_array(numbers):
    """SQL of an array of numbers, however many.

    >>> int_array([3, None, 5]).params
    ['{3,NULL,5}']
    """
    items = ["NULL" if number is None else str(int(number)) for number in numbers]
    return SQL("%s::int4[]", f"{{{','.join(items)}}}")


def text_array(texts):
    r"""SQL of an array of texts, however many.

    >>> text_array(['a "b"', "c\\d", None]).params
    ['{"a \\"b\\"","c\\\\d",NULL}']
    """
    items = [
        "NULL"
        if text is None
        else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
        for text in texts
    ]
    return SQL("%s::text[]", f"{{{','.join(items)}}}")
