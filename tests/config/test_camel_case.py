"""Names in camelCase, as the customer document has them."""

from typing import Any

import pytest
from rest_framework import serializers

from config.api.camel_case import CamelCaseInput


class TagsSerializer(CamelCaseInput, serializers.Serializer):
    tag_ids = serializers.ListField(child=serializers.IntegerField())


@pytest.mark.parametrize("name", ["tagIds", "tag_ids"])
def test_a_field_is_taken_by_either_name(name):
    serializer = TagsSerializer(data={name: [1]})
    assert serializer.is_valid()
    assert serializer.validated_data == {"tag_ids": [1]}


@pytest.mark.parametrize(
    "body", [{"tagIds": [1], "tag_ids": [2]}, {"tagIds": "x"}, {"TagIds": [1]}, {}, [], None, 3]
)
def test_whatever_is_wrong_is_told_of_the_one_name(body: Any):
    serializer = TagsSerializer(data=body)
    assert not serializer.is_valid()
    assert set(serializer.errors) <= {"tag_ids", "non_field_errors"}


def test_what_no_field_takes_is_known():
    serializer = TagsSerializer(data={"tagIds": [1], "tagNames": []})
    assert serializer.unknown_names() == ["tagNames"]
