"""What the list of runtime settings can be narrowed by."""

import django_filters

from config.api.filters import YesNoFilter
from config.runtime.models import RuntimeSetting


class EntryFilter(django_filters.FilterSet):
    prefix = django_filters.CharFilter(
        field_name="key", lookup_expr="startswith", label="keys that begin with it, such as chat."
    )
    is_default = YesNoFilter(field_name="is_set", exclude=True)

    class Meta:
        model = RuntimeSetting
        fields = ["key"]
