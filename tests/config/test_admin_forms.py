"""A form of the admin posted with what its fields cannot be shows itself again, with the reason."""

import pytest
from django.contrib import admin as django_admin
from django.urls import reverse

from customers.models import User

pytestmark = pytest.mark.django_db

FIELDS = [
    (model, name)
    for model, its_admin in django_admin.site._registry.items()
    for name in its_admin.autocomplete_fields
]
IMPOSSIBLE = ["letters", "1e3", "²", "-1", "9" * 30, "1\x00", "1.5", "[]"]


@pytest.mark.parametrize("value", IMPOSSIBLE, ids=repr)
@pytest.mark.parametrize(("model", "field"), FIELDS, ids=str)
def test_a_field_that_looks_up_refuses_what_no_key_can_be(client, admin, model, field, value):
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    page = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    # Somebody's customer is asked for when they are there.
    its_own = reverse(f"{page}_change", args=[admin.pk]) if model is User else None
    answer = client.post(its_own or reverse(f"{page}_add"), {field: value})
    if answer.status_code == 403:
        pytest.skip("nothing of this kind is added by hand")
    assert answer.status_code == 200
    form = answer.context["adminform"].form
    assert form.errors[field]


def test_what_was_chosen_is_chosen_still_when_the_form_comes_back(client, admin, lisi):
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post(reverse("admin:wechat_officialqrcode_add"), {"owner": lisi.pk})
    assert f'<option value="{lisi.pk}" selected' in answer.content.decode()
