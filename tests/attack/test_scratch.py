import pytest, time
from django.db import transaction
from tests.attack import planting
from tests.operators.world import everything
from tests.permissions import world as permissions_world

pytestmark = pytest.mark.django_db


def test_x():
    t = time.time()
    permissions_world.build()
    everything()
    print("built", time.time() - t)
    for i in range(2):
        for model in planting.ours():
            if not model._default_manager.exists():
                try:
                    with transaction.atomic():
                        planting.made(model)
                except Exception as e:
                    print("FAIL", model._meta.label, type(e).__name__, str(e).split("\n")[0][:300])
    print("made", time.time() - t)
