"""A PostgreSQL server for one test run: Debian's programs, a data folder of its own, gone when the run is over.

The first test that needs it starts a keeper process, which outlives the worker that asked; every other worker
finds the server's address in the run's folder.  The keeper stops the server when the run's leader is gone, however
it ended.
"""

from __future__ import annotations

import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.support.run import leader_pid, only_one

START_SECONDS = 60
USER = "plumbline"


def programs() -> Path | None:
    """The folder of the newest PostgreSQL server on this machine, None when there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def server_url(run_dir: Path) -> str:
    """The address of the run's server, without a database; starts it when this is the first call of the run."""
    address = run_dir / "postgres.json"
    with only_one(run_dir / "postgres.lock"):
        if not address.exists():
            _start_keeper(address)
    return str(json.loads(address.read_text())["url"])


def _start_keeper(address: Path) -> None:
    log = address.with_suffix(".log")
    with log.open("w") as output:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "tests.support.postgres", str(address), str(leader_pid())],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            cwd=Path(__file__).parents[2],
        )
    deadline = time.monotonic() + START_SECONDS
    while not address.exists():
        if keeper.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}")
        time.sleep(0.05)
    keeper.returncode = 0  # it is nobody's child to wait for


def keep(address: Path, leader: int) -> None:
    """Run a server until the process `leader` is gone; write its address to the file `address` once it answers."""
    bin_dir = programs()
    assert bin_dir is not None
    owner = _owner()
    home = Path(tempfile.mkdtemp(prefix="plumbline-pg-"))
    password = secrets.token_hex(16)
    (home / "password").write_text(password)
    if owner:
        for path in (home, home / "password"):
            shutil.chown(path, owner["user"], owner["group"])
    try:
        initdb = [f"{bin_dir}/initdb", "-D", f"{home}/data", "-U", USER, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        subprocess.run([*initdb, "--auth=password", f"--pwfile={home}/password"], check=True, cwd=home, **owner)
        port = _free_port()
        options = {
            "port": port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": home,
            "max_connections": 200,
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "autovacuum": "off",
        }
        command = [f"{bin_dir}/postgres", "-D", f"{home}/data"]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        server = subprocess.Popen(command, cwd=home, **owner)
        try:
            _wait_until_it_answers(server, [f"{bin_dir}/pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)])
            draft = address.with_suffix(".draft")
            draft.write_text(json.dumps({"url": f"postgresql+psycopg://{USER}:{password}@127.0.0.1:{port}"}))
            draft.rename(address)
            while server.poll() is None and _alive(leader):
                time.sleep(0.3)
        finally:
            server.send_signal(signal.SIGQUIT)
            server.wait(30)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _owner() -> dict[str, Any]:
    """Whom to run the server as (arguments for subprocess): PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return {"user": user.pw_uid, "group": user.pw_gid}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_it_answers(server: subprocess.Popen[Any], ready: list[str]) -> None:
    """An open port is not enough: the server refuses connections while it starts up."""
    deadline = time.monotonic() + START_SECONDS
    while subprocess.run(ready, check=False).returncode != 0:
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("the server did not answer")
        time.sleep(0.05)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    keep(Path(sys.argv[1]), int(sys.argv[2]))
