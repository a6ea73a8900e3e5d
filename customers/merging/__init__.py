"""Two records that are one person become one: all that the one had is the other's (docs/binding.md).

`merge` holds, fills and moves; `parts` is the registry of what moves; `cases` asks a person.
"""

from customers.merging.merge import customers_merge
from customers.merging.parts import register_part
from customers.merging.present import present_customer

__all__ = ["customers_merge", "present_customer", "register_part"]
