"""A real PostgreSQL for tests: one throw-away cluster a run, shared by all workers of the run; a database of its own for each test.

Without the programs of PostgreSQL the tests that need them cannot run: under CI that is a failure, elsewhere each says so.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import psycopg

OWNER, OWNER_PASSWORD = "sasae", "owner's password"
_BINARIES = "/usr/lib/postgresql"
_SETTINGS = (
    "fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=200", "shared_buffers=64MB",
    "log_min_messages=fatal", "max_wal_size=1GB", "checkpoint_timeout=1h", "jit=off", "autovacuum=off",
)  # fmt: skip
"""A cluster that need not outlive a fall of the power."""

_RUNNING: list[subprocess.Popen[bytes]] = []
"""Server and watcher outlive the test that started them, and end by themselves."""


def binaries() -> Path | None:
    """The newest programs of a server, 15 or later: where Debian puts them, or on the path."""
    folders = [path for path in Path(_BINARIES).glob("*/bin") if path.parent.name.isdigit() and int(path.parent.name) >= 15]
    for folder in sorted(folders, key=lambda path: int(path.parent.name), reverse=True):
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found and shutil.which("postgres") else None


def require_postgres() -> None:
    """Skip in words where there is no server to be had; under CI that is a failure."""
    if binaries() is not None:
        return
    import pytest  # not where a measurement starts a server

    words = "no PostgreSQL on this machine (Debian: apt-get install postgresql); what is said about it was not tested"
    if os.environ.get("CI"):
        pytest.fail(words)
    pytest.skip(words)


def _run_process() -> int:
    """The process of the whole run: the controller of the workers, or this one."""
    return os.getppid() if os.environ.get("PYTEST_XDIST_WORKER") else os.getpid()


class Cluster:
    """A running server. ``url(name)`` is the address of a database by socket, ``tls_url(name)`` by TCP with TLS and a password."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port

    def url(self, database: str = "postgres", *, user: str = OWNER) -> str:
        """The address of a database by the socket; nobody is asked for a password there."""
        return f"postgresql:///{database}?host={self.folder}&port={self.port}&user={user}"

    def tcp_url(self, database: str = "postgres", *, user: str = OWNER, password: str = OWNER_PASSWORD, more: str = "") -> str:
        """The address by TCP, with a password and TLS."""
        from urllib.parse import quote

        return f"postgresql://{quote(user)}:{quote(password)}@127.0.0.1:{self.port}/{database}?sslmode=require{more}"

    def certificate(self) -> Path:
        """The certificate of the server, which is its own authority."""
        return self.folder / "server.crt"

    def sql(self, statement: str, *values: Any, database: str = "postgres", user: str = "postgres") -> list[Any]:
        """A statement past the program, committed by itself."""
        with psycopg.connect(self.url(database, user=user), autocommit=True) as connection:
            cursor = connection.execute(statement, values or None)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

    def create(self, name: str, *, template: str = "template0") -> str:
        """A new database of the owner; answers its address."""
        more = "" if template != "template0" else " ENCODING 'UTF8' LOCALE 'C.UTF-8'"
        self.sql(f'CREATE DATABASE "{name}" OWNER {OWNER} TEMPLATE "{template}"{more}')
        return self.url(name)

    def drop(self, name: str) -> None:
        """Take a database away, whoever is connected."""
        self.sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def names(self) -> set[str]:
        """Every database there is."""
        return {row[0] for row in self.sql("SELECT datname FROM pg_database")}

    def template(self, name: str, fill: Callable[[str], None], *, base: str = "template0") -> str:
        """The database ``name``, filled by ``fill(address)`` by whichever worker asks first; to be cloned, never written to again."""
        with (self.folder.parent / f"{self.folder.name}.{name}.lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if name not in self.names():
                self.drop(f"{name}_new")
                fill(self.create(f"{name}_new", template=base))
                self.sql(f'ALTER DATABASE "{name}_new" RENAME TO "{name}"')
        return name


@lru_cache(maxsize=1)
def cluster() -> Cluster:
    """The server of this run, started by whoever asks first. It ends with the run, however that ends."""
    root = Path(os.environ.get("TMPDIR", "/tmp"))
    folder = root / f"sasae-pg-{_run_process()}"
    with (root / f"{folder.name}.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        ready = folder / "port"
        if not ready.exists():
            _start(folder)
        return Cluster(folder, int(ready.read_text()))


def _account() -> dict[str, Any]:
    """A server refuses to run as root: then it is somebody else."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = names.get("postgres") or names["nobody"]
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def start(folder: Path, settings: Sequence[str] = _SETTINGS) -> Cluster:
    """A server of its own in a folder, ended with this process. ``settings`` besides the places and TLS."""
    _start(folder, settings)
    return Cluster(folder, int((folder / "port").read_text()))


def stop() -> None:
    """End the servers that this process started, and wait for them; the watchers take their folders away."""
    for process in _RUNNING:
        if str(process.args[0]).endswith("postgres"):
            process.send_signal(signal.SIGINT)
    for process in _RUNNING:
        process.wait(60)
    _RUNNING.clear()


def _start(folder: Path, given: Sequence[str] = _SETTINGS) -> None:
    programs, account = binaries(), _account()
    assert programs is not None
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o711)
    if account:
        os.chown(folder, account["user"], account["group"])
    data = folder / "data"
    call = [str(programs / "initdb"), "-D", str(data), "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust", "--no-sync"]
    quiet: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "cwd": folder}
    subprocess.run(call, check=True, **quiet, **account)
    _write_hba(data)
    _certify(folder, account)
    port = _free_port()
    settings = [*given, f"unix_socket_directories={folder}", "listen_addresses=127.0.0.1", f"port={port}", "ssl=on"]
    settings += [f"ssl_cert_file={folder / 'server.crt'}", f"ssl_key_file={folder / 'server.key'}"]
    options = [word for setting in settings for word in ("-c", setting)]
    with (folder / "log").open("ab") as log:
        server = subprocess.Popen(
            [str(programs / "postgres"), "-D", str(data), *options], stderr=log, start_new_session=True, **quiet, **account
        )
    _RUNNING.append(server)
    _watch(server.pid, folder)
    made = Cluster(folder, port)
    for _ in range(300):
        try:
            made.sql(f"CREATE ROLE {OWNER} LOGIN CREATEDB PASSWORD '{OWNER_PASSWORD.replace(chr(39), chr(39) * 2)}'")
            break
        except psycopg.OperationalError:
            if server.poll() is not None:
                break
            time.sleep(0.1)
    else:
        raise RuntimeError((folder / "log").read_text())
    if server.poll() is not None:
        raise RuntimeError((folder / "log").read_text())
    (folder / "port.new").write_text(str(port))
    (folder / "port.new").rename(folder / "port")


def _write_hba(data: Path) -> None:
    lines = ("local all all trust", "hostssl all all 127.0.0.1/32 scram-sha-256")
    (data / "pg_hba.conf").write_text("\n".join(lines) + "\n", "ascii")


def _certify(folder: Path, account: dict[str, Any]) -> None:
    """A key and a certificate for ``localhost``, its own authority."""
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")]), datetime.now(UTC)
    made = x509.CertificateBuilder(
        issuer_name=name, subject_name=name, public_key=key.public_key(), serial_number=x509.random_serial_number()
    )
    made = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=30))
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    (folder / "server.crt").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    file = folder / "server.key"
    file.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    file.chmod(0o600)
    if account:
        os.chown(file, account["user"], account["group"])


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


_WATCHER = """
import glob, os, shutil, signal, sys, time
run, server, folder = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
while alive(run) and alive(server):
    time.sleep(0.3)
if alive(server):
    os.kill(server, signal.SIGQUIT)
    for _ in range(100):
        if not alive(server):
            break
        time.sleep(0.1)
shutil.rmtree(folder, ignore_errors=True)
for lock in glob.glob(glob.escape(folder) + ".*lock"):
    os.unlink(lock)
"""


def _watch(server: int, folder: Path) -> None:
    """Somebody who ends the server when the run has ended, also a run that was killed."""
    nothing = subprocess.DEVNULL
    call = [sys.executable, "-c", _WATCHER, str(_run_process()), str(server), str(folder)]
    _RUNNING.append(subprocess.Popen(call, stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True))
