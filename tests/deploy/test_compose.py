"""docker-compose.yml is whole: everything that runs is watched, pinned, and has no known password."""

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from tests.deploy.nginx import limits_of

ROOT = Path(__file__).resolve().parent.parent.parent
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
TESTS = yaml.safe_load((ROOT / "deploy" / "test-ports.yml").read_text())
SERVICES = COMPOSE["services"]
# They do one thing and end.
ENDING = {"migrate", "backup"}
OURS = {name for name, service in SERVICES.items() if "build" in service}


def consumed():
    """What each worker takes, by its name."""
    return {
        name.removeprefix("worker-"): tuple(
            re.search(r"-Q (\S+)", service["command"]).group(1).split(",")
        )
        for name, service in SERVICES.items()
        if name.startswith("worker-")
    }


def test_every_queue_has_a_worker_and_readiness_knows_it_by_the_same_name():
    assert consumed() == settings.WORKER_QUEUES
    queues = [queue for names in consumed().values() for queue in names]
    assert sorted(queues) == sorted(queue.name for queue in settings.CELERY_TASK_QUEUES)


def test_what_runs_for_long_is_watched_and_started_again():
    for name in set(SERVICES) - ENDING:
        service = SERVICES[name]
        assert service["restart"] == "unless-stopped", name
        check = service["healthcheck"]
        assert check["test"], name
        assert check["interval"], name
        assert check["retries"], name
        assert service["logging"]["options"]["max-size"], name
    assert {"web", "live", "relay", "beat", "proxy", "postgres", "rabbitmq", "redis"} <= set(
        SERVICES
    )


@pytest.mark.parametrize("file", ["docker-compose.yml", "deploy/test-ports.yml"])
def test_images_are_pinned_to_a_minor_version(file):
    services = yaml.safe_load((ROOT / file).read_text())["services"]
    for name, service in services.items():
        if "build" not in service:
            assert re.search(r":\d+\.\d+", service["image"]), f"{name}: {service['image']}"


def test_the_tests_servers_are_those_of_the_product():
    for name, service in TESTS["services"].items():
        assert service["image"] == SERVICES[name]["image"]


def test_data_outlives_a_container():
    for name, path in (
        ("postgres", "/var/lib/postgresql/data"),
        ("rabbitmq", "/var/lib/rabbitmq"),
        ("redis", "/data"),
    ):
        (volume,) = SERVICES[name]["volumes"]
        assert volume == f"{name}:{path}"
        assert name in COMPOSE["volumes"]
    for name in OURS:
        assert "private:/data/private" in SERVICES[name]["volumes"]


def test_no_password_is_known_beforehand():
    text = (ROOT / "docker-compose.yml").read_text()
    for name in re.findall(r"\$\{(\w*(?:PASSWORD|SECRET|TOKEN|KEY)):-([^}]*)\}", text):
        assert name[1] == "", f"{name[0]} has a default"
    for name, service in SERVICES.items():
        for key, value in service.get("environment", {}).items():
            if re.search("PASSWORD|SECRET_KEY|DATABASE_URL|BROKER_URL|REDIS_URL", key):
                assert key.endswith("_FILE"), f"{name}: {key} stands in the environment"
                assert value.startswith("/run/secrets/")


def test_every_secret_is_a_file_that_the_script_makes(tmp_path):
    made = make_secrets(tmp_path)
    used = {
        secret["source"] if isinstance(secret, dict) else secret
        for service in SERVICES.values()
        for secret in service.get("secrets", [])
    }
    assert used == set(COMPOSE["secrets"])
    for name, secret in COMPOSE["secrets"].items():
        assert secret["file"].rpartition("/")[2] == name
        assert (made / name).stat().st_size > 20


def make_secrets(folder):
    made = folder / "secrets"
    subprocess.run([ROOT / "deploy" / "make_secrets.sh", made], check=True, capture_output=True)
    return made


def test_secrets_are_random_kept_and_nobody_elses(tmp_path):
    made = make_secrets(tmp_path)
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    before = {path.name: path.read_text() for path in made.iterdir()}
    make_secrets(tmp_path)
    assert {path.name: path.read_text() for path in made.iterdir()} == before
    (tmp_path / "other").mkdir()
    other = make_secrets(tmp_path / "other")
    for name in ("secret_key", "postgres_password", "rabbitmq_password", "metrics_token"):
        assert (other / name).read_text() != before[name]
    assert before["postgres_password"] in before["database_url"]
    assert before["rabbitmq_password"] in before["broker_url"]
    assert before["rabbitmq_password"] in before["rabbitmq_conf"]
    assert before["redis_password"] in before["redis_conf"]


def test_only_the_proxy_can_be_reached_from_outside():
    assert {name for name, service in SERVICES.items() if "ports" in service} == {"proxy"}


def test_the_image_runs_as_nobody_special_on_a_pinned_base():
    lines = (ROOT / "Dockerfile").read_text()
    assert re.search(r"^ARG PYTHON_IMAGE=python:\d+\.\d+\.\d+-slim-bookworm$", lines, re.M)
    assert re.findall(r"^FROM (\S+)", lines, re.M) == ["${PYTHON_IMAGE}"] * 2
    assert re.search(r"^USER app$", lines, re.M)
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert {"secrets", "backups", ".env", ".git", "var"} <= set(ignored)


def test_the_proxy_takes_bodies_as_large_as_we_do_and_little_more():
    limit_of = limits_of(ROOT / "deploy" / "nginx.conf")
    wanted = {**settings.FILE_BODY_LIMITS_BYTES, "/api/tickets": settings.API_BODY_LIMIT_BYTES}
    for path, ours in wanted.items():
        proxys = limit_of(
            path.replace("*", "17").removesuffix("/") + ("/" if path.endswith("/") else "")
        )
        assert ours < proxys <= ours + 1024 * 1024 + ours // 20, path


def test_the_proxy_lets_sockets_through_and_says_who_the_client_is():
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    sockets = text[text.index("location /ws/") :]
    assert "proxy_set_header Upgrade $http_upgrade;" in sockets
    assert "proxy_set_header Connection $connection_upgrade;" in sockets
    assert text.count("proxy_set_header X-Forwarded-For $remote_addr;") == 2
    assert SERVICES["web"]["environment"]["NUM_PROXIES"] == "${NUM_PROXIES:-1}"
    assert "proxy_cache static;" in text


@pytest.fixture
def in_compose(tmp_path):
    """The environment of a container, with the secrets where Docker puts them."""
    made = make_secrets(tmp_path)
    environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path / "data")}
    for name, value in SERVICES["web"]["environment"].items():
        filled = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", str(value))
        filled = re.sub(r"\$\{APP_DOMAIN:\?[^}]*\}", "https://desk.example.com", filled)
        environment[name] = filled.replace("/run/secrets", str(made))
    if path := os.environ.get("PYTHONPATH"):
        environment["PYTHONPATH"] = path
    return environment


def manage(environment, *arguments):
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.timeout(120)
def test_djangos_deployment_check_is_clean(in_compose):
    done = manage(in_compose, "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.timeout(120)
def test_what_stands_in_files_reaches_the_settings(in_compose):
    code = (
        "from django.conf import settings as s;"
        "print(s.PROFILE, s.DATABASES['default']['HOST'], s.CELERY_BROKER_URL[:12],"
        " len(s.SECRET_KEY), s.SESSION_COOKIE_SECURE, s.SECURE_SSL_REDIRECT, s.DEBUG, s.SANDBOX,"
        " len(s.OUTBOUND_ALLOWED_HOSTS) > 5)"
    )
    done = manage({**in_compose, "DJANGO_SETTINGS_MODULE": "config.settings"}, "shell", "-c", code)
    last = done.stdout.strip().splitlines()[-1]
    assert last == "services postgres amqp://scrm: 64 True True False False True", done.stderr


@pytest.mark.timeout(120)
def test_without_a_secret_key_nothing_starts(in_compose):
    in_compose.pop("SECRET_KEY_FILE")
    done = manage(in_compose, "check")
    assert done.returncode != 0
    assert "SECRET_KEY" in done.stderr


@pytest.mark.timeout(200)
def test_static_files_are_collected_under_names_of_their_content(tmp_path):
    environment = {
        **{name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ},
        "DATA_DIR": str(tmp_path),
        "STATIC_ROOT": str(tmp_path / "static"),
        "STATIC_MANIFEST": "1",
    }
    done = manage(environment, "collectstatic", "--noinput", "--verbosity", "0")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "static" / "staticfiles.json").exists()
