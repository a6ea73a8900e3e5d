"""Importing from the admin and from a terminal; a person's data on the customer's page."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from customers.models import Customer, CustomerImport
from tests.customers.imports.conftest import table
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = [["姓名", "手机", "多余"], ["张三", "13800138000", ""], ["李四", "x", ""]]


def test_a_table_is_checked_then_imported_in_the_admin(client, lisi, wangwu, run_outbox):
    type(lisi).objects.update(is_staff=True)
    client.force_login(type(lisi).objects.get(pk=lisi.pk))
    add = reverse("admin:customers_customerimport_add")
    file = SimpleUploadedFile("a.csv", table(ROWS))
    page = client.post(add, {"file": file, "dry_run": "on"}, follow=True)
    assert 'data-refresh="1"' in page.content.decode()
    run_outbox()
    job = CustomerImport.objects.get()
    shown = client.get(reverse("admin:customers_customerimport_change", args=[job.pk]))
    for words in ("只检查，未写入", "第 3 行", "不是有效的电话号码", "未知的列，已忽略：多余"):
        assert words in shown.content.decode()
    assert not Customer.objects.exists()
    errors = reverse("admin:customers_customerimport_errors", args=[job.pk])
    assert "不是有效的电话号码" in client.get(errors).getvalue().decode()
    client.post(add, {"file": SimpleUploadedFile("a.csv", table(ROWS))})
    run_outbox()
    assert Customer.objects.get().follow_user == lisi
    refused = client.post(add, {"file": SimpleUploadedFile("a.xls", b"\xd0\xcf\x11\xe0")})
    assert "另存为 .xlsx" in refused.content.decode()
    client.force_login(type(lisi).objects.get(pk=wangwu.pk))
    assert client.get(errors).status_code == 404


def test_a_table_is_imported_from_a_terminal(tmp_path):
    path, said = tmp_path / "a.csv", io.StringIO()
    path.write_bytes(table(ROWS))
    call_command("import_customers", str(path), "--dry-run", stdout=said)
    assert "检查完成：新增 1，更新 0，未变 0，有错 1" in said.getvalue()
    assert not Customer.objects.exists()
    call_command("import_customers", str(path), stdout=said)
    assert "第 3 行 手机：不是有效的电话号码" in said.getvalue()
    assert Customer.objects.get().name == "张三"
    with pytest.raises(CommandError, match="不能读取"):
        call_command("import_customers", str(tmp_path / "none.csv"))


def test_personal_data_is_taken_out_and_erased_on_the_customers_page(client, admin, lisi):
    customer = CustomerFactory(name="欧阳锋利", follow_user=lisi)
    page = reverse("admin:customers_customer_change", args=[customer.pk])
    data = reverse("admin:customers_customer_personal_data", args=[customer.pk])
    erase = reverse("admin:customers_customer_erase", args=[customer.pk])
    type(lisi).objects.filter(pk=lisi.pk).update(is_staff=True)
    client.force_login(type(lisi).objects.get(pk=lisi.pk))
    assert erase not in client.get(page).content.decode()
    assert {client.get(data).status_code, client.post(erase).status_code} == {403}
    client.force_login(admin)
    assert erase in client.get(page).content.decode()
    assert client.get(data).json()["customer"]["name"] == "欧阳锋利"
    assert "不能恢复" in client.get(erase).content.decode()
    client.post(erase, {"reason": "本人要求"})
    assert Customer.objects.get().name == "欧阳锋利", "not without the confirmation"
    client.post(erase, {"reason": "本人要求", "confirm": "on"})
    assert Customer.objects.get().name == f"已删除客户{customer.pk}"
