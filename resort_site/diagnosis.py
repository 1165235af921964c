"""What works on this machine, part by part; nothing here repairs or changes anything."""

from collections.abc import Iterator
from dataclasses import dataclass

import redis
import torch
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from kombu.exceptions import OperationalError

from generation.enums import StepStatus
from generation.model_store import FOLDER, ModelStoreError, find_packaged_gguf, is_whole
from generation.models import Step
from resort_site.celery import app

TIMEOUT_S = 2


@dataclass(frozen=True)
class Finding:
    """One part: whether it works, and what was seen or what to do."""

    part: str
    is_well: bool
    detail: str


def diagnose() -> Iterator[Finding]:
    """Look at one part after the other; the workers get two seconds to answer."""
    yield find_database()
    yield find_redis()
    queues = answering_queues()
    yield find_default_worker(queues)
    yield find_gpu_worker(queues)
    yield find_model()
    yield find_gpu()


def find_database() -> Finding:
    try:
        executor = MigrationExecutor(connection)
        missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        version = ".".join(str(number) for number in connection.get_database_version())
    except DatabaseError as error:
        return Finding("database", False, f"does not answer: {str(error).strip().splitlines()[0]}")
    if missing:
        return Finding("database", False, f"{missing} migrations are missing: run manage.py migrate")
    return Finding("database", True, f"{connection.display_name} {version}, all migrations applied")


def find_redis() -> Finding:
    options = {"socket_connect_timeout": TIMEOUT_S, "socket_timeout": TIMEOUT_S}
    try:
        with redis.Redis.from_url(settings.REDIS_URL, **options) as client:
            server = client.info()
    except redis.RedisError:
        return Finding("Redis", False, "does not answer; the demo runs one, else set REDIS_URL")
    policy = server.get("maxmemory_policy", "noeviction")
    if policy != "noeviction":
        return Finding("Redis", False, f"may drop messages: its maxmemory-policy is {policy}, not noeviction")
    return Finding("Redis", True, f"{server['redis_version']}")


def answering_queues() -> set[str]:
    """Ask which queues have a worker; one that writes texts is too busy to answer."""
    try:
        answers = app.control.inspect(timeout=TIMEOUT_S).active_queues() or {}
    except (OperationalError, redis.RedisError):
        return set()
    return {queue["name"] for queues in answers.values() for queue in queues}


def find_default_worker(queues: set[str]) -> Finding:
    is_there = "default" in queues
    return Finding("default worker", is_there, "answers" if is_there else "none answers")


def find_gpu_worker(queues: set[str]) -> Finding:
    """Take a lease that is being renewed for a sign of life, because a busy worker hears nothing."""
    if "gpu" in queues:
        return Finding("GPU worker", True, "answers, waiting for work")
    try:
        now = timezone.now()
        is_writing = Step.objects.filter(status=StepStatus.LEASED, lease_until__gt=now).exists()
    except DatabaseError:
        is_writing = False
    return Finding("GPU worker", is_writing, "writes texts" if is_writing else "none answers or writes")


def find_model() -> Finding:
    folder = settings.DATA_DIR / "models" / FOLDER
    try:
        gguf = find_packaged_gguf()
    except ModelStoreError as error:
        return Finding("small model", False, str(error))
    if is_whole(folder, gguf):
        return Finding("small model", True, f"converted, in {folder}")
    return Finding("small model", True, f"in the package, not converted yet: {gguf.name}")


def find_gpu() -> Finding:
    """Name what a local model would run on; a machine without a GPU works, slowly."""
    if not torch.cuda.is_available():
        return Finding("GPU", True, f"none; local models run on the CPU, {torch.get_num_threads()} threads")
    gpu = torch.cuda.get_device_properties(0)
    return Finding("GPU", True, f"{gpu.name}, {gpu.total_memory / 1e9:.0f} GB")
