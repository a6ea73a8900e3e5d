"""The language of segments and tagging rules: which customers a JSON condition means.

`{"all": [{"field": "channel", "op": "eq", "value": "wecom"}, {"any": […]}, {"not": {…}}]}`. `parse`
reads it strictly, `customers_matching` makes one SQL query of it, `in_words` says it in Chinese.
Other rooms add their fields with `register_field`, called in `ready()`.
"""

from customers.conditions.fields import Field, Param, register_field
from customers.conditions.language import Condition
from customers.conditions.matching import customers_matching
from customers.conditions.parsing import parse
from customers.conditions.wording import in_words

__all__ = [
    "Condition",
    "Field",
    "Param",
    "customers_matching",
    "in_words",
    "parse",
    "register_field",
]
