"""The whole site on one machine, from an empty folder to `Ready` and back to nothing running."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection

from generation.model_store import ModelStoreError, ensure_small_model, find_packaged_gguf
from resort_site.embedded_redis import make_redis_folders, redis_command
from resort_site.health import redis_answers
from resort_site.preflight import StartError, check_disk, check_port, locked_data_folder
from resort_site.process_tree import adopt_orphans, end_descendants, end_orphans
from resort_site.programs import redis_program, site_programs
from resort_site.sign_ins import sign_in_lines
from resort_site.site_address import site_answers, site_url
from resort_site.stop_signals import StopRequested, stop_signals_raise
from resort_site.supervision import Program, Supervisor, render_config

READY_WITHIN_S = 120
# supervisord's own waits are shorter (supervision.STOP_WAIT_S); past this everything left is killed.
STOP_WITHIN_S = 8.5
RETRY_FAILED_AFTER_S = 30

Report = Callable[[str], None]


def run_demo(report: Report) -> None:
    """Start everything, say so, keep it running until asked to stop. Raises StartError."""
    with stop_signals_raise(), locked_data_folder(settings.DATA_DIR) as lock:
        adopt_orphans()
        try:
            check_disk(settings.DATA_DIR)
            check_port(settings.HOST, settings.PORT)
            prepare(settings.DATA_DIR, report)
            serve(settings.DATA_DIR, lock, report)
        except StopRequested:
            report("Stopped.")
        finally:
            end_descendants()


def prepare(data_dir: Path, report: Report) -> None:
    """Bring model, database, static files and example study up to date; on a second start all is there."""
    if not settings.HAS_EMBEDDED_REDIS and not redis_answers():
        raise StartError("The Redis that REDIS_URL names does not answer.")
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        raise StartError(f"The database does not answer: {str(error).strip().splitlines()[0]}") from error
    executor = ThreadPoolExecutor(1)
    try:
        # Converting keeps one core busy for half a minute; the rest goes on beside it.
        model = executor.submit(ensure_small_model, data_dir / "models", find_packaged_gguf(), report)
        report("Preparing the database.")
        call_command("migrate", interactive=False, verbosity=0)
        report("Collecting static files.")
        call_command("collectstatic", interactive=False, verbosity=0)
        call_command("load_example")
        model.result()
    except ModelStoreError as error:
        raise StartError(str(error)) from error
    except (OSError, DatabaseError) as error:
        raise StartError(f"{data_dir} could not be prepared: {error}") from error
    finally:
        end_descendants()
        executor.shutdown()
        connection.close()


def serve(data_dir: Path, lock: IO[str], report: Report) -> None:
    """Run the programs under a supervisor until a signal comes or they cannot go on."""
    programs = site_programs(host=settings.HOST, port=settings.PORT)
    socket = make_redis_folders(data_dir) / "rpc"
    if settings.HAS_EMBEDDED_REDIS:
        programs.insert(0, redis_program(redis_command(data_dir)))
    (data_dir / "logs").mkdir(mode=0o700, exist_ok=True)
    config = data_dir / "supervisord.conf"
    config.write_text(render_config(programs, directory=settings.BASE_DIR, socket=socket))
    report("Starting web, workers and scheduler.")
    supervisor = Supervisor(config=config, socket=socket, lock=lock)
    try:
        wait_until_ready(supervisor, data_dir)
        report(f"Ready: {site_url(settings.HOST)}")
        for line in sign_in_lines(data_dir):
            report(f"  {line}")
        report(f"Logs are in {data_dir / 'logs'}. Ctrl-C stops everything.")
        watch(supervisor, programs, data_dir, report)
    finally:
        supervisor.stop(timeout_s=STOP_WITHIN_S)


def wait_until_ready(supervisor: Supervisor, data_dir: Path) -> None:
    """Return when the site answers; raise StartError when a program cannot start."""
    deadline = time.monotonic() + READY_WITHIN_S
    while not site_answers():
        if failed := supervisor.failed_programs():
            raise StartError(f"{failed[0]} could not be started; see {data_dir / 'logs' / failed[0]}.log")
        if not supervisor.is_running():
            raise StartError(f"The supervisor ended; see {data_dir / 'logs' / 'supervisord.log'}")
        if time.monotonic() > deadline:
            raise StartError(
                f"The site did not answer within {READY_WITHIN_S} s; see {data_dir / 'logs' / 'web.log'}"
            )
        time.sleep(0.2)


def watch(supervisor: Supervisor, programs: list[Program], data_dir: Path, report: Report) -> None:
    """Look after what supervisord does not: orphans, and programs that it gave up."""
    reported_at: dict[str, float] = {}
    while supervisor.is_running():
        end_orphans(expected={supervisor.pid})
        for name in supervisor.failed_programs():
            if time.monotonic() - reported_at.get(name, -RETRY_FAILED_AFTER_S) < RETRY_FAILED_AFTER_S:
                continue
            reported_at[name] = time.monotonic()
            report(
                f"{name} keeps failing and is tried again now and then; see {data_dir / 'logs' / name}.log"
            )
            supervisor.start_again(next(program for program in programs if program.name == name))
        time.sleep(1)
    raise StartError(f"The supervisor ended; see {data_dir / 'logs' / 'supervisord.log'}")
