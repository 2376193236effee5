"""What code in a boxed kernel cannot do, and what it can, in a kernel that waited ready and in one started cold."""

from __future__ import annotations

import asyncio
import os
import pwd
import socket
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from podium.kernels.box.coverage import coverage
from podium.kernels.box.plan import BoxPlan
from podium.kernels.environments.python import Python
from podium.kernels.kernel import Kernel, KernelSource
from podium.kernels.limits import KernelLimits
from podium.kernels.sessions import Kernels, SessionKey
from podium.tests.kernels.support import GONE_S, execute

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(coverage().gaps[1:] != () or not coverage().boxed, reason="needs the Landlock of Linux 6.12"),
]

SECRET = "what nobody else is to read"
TOOLS = """
import ctypes, os, pathlib, resource, signal, socket, subprocess, sys
libc = ctypes.CDLL(None, use_errno=True)
def call(name, *arguments):
    if getattr(libc, name)(*arguments) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
def run(*command):
    if subprocess.run(command).returncode:
        raise PermissionError(command)
"""


@dataclass(frozen=True)
class Surroundings:
    """A server's data directory with the folders of two apps in it, and what listens around them.

    This process stands for the server. ``closed`` listens where no app is to connect, ``open`` where all may.
    """

    all: Kernels
    data: Path
    closed: socket.socket
    open: socket.socket
    kernels: dict[KernelSource, Kernel]

    def folder(self, source: KernelSource) -> Path:
        """The folder of the app whose kernel came about in this way."""
        return self.data / "work" / source.value

    def fill_in(self, code: str, source: KernelSource) -> str:
        """Put the names of this place into ``code``, which is to be executed by one of the kernels."""
        other = next(each for each in self.kernels if each is not source)
        names = {
            "DATA": str(self.data),
            "OWN": str(self.folder(source)),
            "OTHER": str(self.folder(other)),
            "HOME": pwd.getpwuid(os.getuid()).pw_dir,
            "SERVER": os.getpid(),
            "NEIGHBOUR": self.kernels[other].pid,
            "CLOSED": self.closed.getsockname()[1],
            "OPEN": self.open.getsockname()[1],
        }
        return "\n".join([*(f"{name} = {value!r}" for name, value in names.items()), code])


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data directory; at the end no kernel has left its seat in it."""
    data = tmp_path_factory.mktemp("data")
    for app in (KernelSource.READY, KernelSource.COLD):
        folder = data / "work" / app.value
        folder.mkdir(parents=True)
        (folder / "kept.txt").write_text(SECRET)
    (data / "key").write_text(SECRET)
    yield data
    assert os.listdir(data / "work" / ".seats") == []


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(data: Path) -> AsyncIterator[Surroundings]:
    """Two kernels in their boxes."""
    async with AsyncExitStack() as stack:
        closed, opened = (stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(2))
        plan = BoxPlan((str(data),), (closed.getsockname()[1],), str(data / "work"))
        kernels = await stack.enter_async_context(Kernels(KernelLimits(ready_kernels=1), box=plan))
        await kernels.warm_up()
        await kernels.starter.pool.full()
        place = Surroundings(kernels, data, closed, opened, {})
        for source in (KernelSource.READY, KernelSource.COLD):
            key, cold = SessionKey("ada", source.value), source is KernelSource.COLD
            kernel = place.kernels[source] = await kernels.start(key, directory=place.folder(source), env={}, cold=cold)
            assert kernel.source is source
            assert (await execute(kernel, TOOLS)).error is None
        yield place


@pytest.fixture(params=[KernelSource.READY, KernelSource.COLD])
def source(request: pytest.FixtureRequest) -> KernelSource:
    """How the kernel that is looked at came about."""
    found: KernelSource = request.param
    return found


DENIED = {
    "another app's file": "open(OTHER + '/kept.txt')",
    "another app's folder": "os.listdir(OTHER)",
    "another app's file by a link": "os.symlink(OTHER + '/kept.txt', 'link'); open('link')",
    "another app's file by a program": "run('cat', OTHER + '/kept.txt')",
    "the data directory": "os.listdir(DATA)",
    "the key": "open(DATA + '/key')",
    "the home": "os.listdir(HOME)",
    "the kernels' connection files": "os.listdir(pathlib.Path(os.environ['TMPDIR']).parents[1])",
    "passwords": "open('/etc/shadow')",
    "the server's environment": "open(f'/proc/{SERVER}/environ')",
    "the server's memory": "open(f'/proc/{SERVER}/mem', 'rb')",
    "the server's files": "os.readlink(f'/proc/{SERVER}/fd/0')",
    "another kernel's environment": "open(f'/proc/{NEIGHBOUR}/environ')",
    "the parent's environment": "open(f'/proc/{os.getppid()}/environ')",
    "writing to the temporary folder of all": "open('/tmp/of-all', 'w')",
    "writing to another app": "open(OTHER + '/new.txt', 'w')",
    "writing to the interpreter": "open(sys.prefix + '/new', 'w')",
    "emptying a file outside": "os.truncate(DATA + '/key', 0)",
    "moving a file out": "open('mine', 'w').close(); os.rename('mine', OTHER + '/mine')",
    "writing to the system": "open('/proc/self/oom_score_adj', 'w')",
    "terminals": "os.open('/dev/ptmx', os.O_RDWR)",
    "signalling the server": "os.kill(SERVER, signal.SIGTERM)",
    "signalling the parent": "os.kill(os.getppid(), 0)",
    "signalling another kernel": "os.kill(NEIGHBOUR, 0)",
    "signalling by a descriptor": "signal.pidfd_send_signal(os.pidfd_open(SERVER), signal.SIGTERM)",
    "tracing the server": "call('ptrace', 16, SERVER, 0, 0)",
    "tracing another kernel": "call('ptrace', 16, NEIGHBOUR, 0, 0)",
    "the server's maps": "open(f'/proc/{SERVER}/maps')",
    "the platform's port": "socket.create_connection(('127.0.0.1', CLOSED))",
    "the platform's port by another name": "socket.create_connection(('localhost', CLOSED))",
    "the platform's port from a child": "run(sys.executable, '-c', "
    "f'import socket; socket.create_connection((\"127.0.0.1\", {CLOSED}))')",
    "becoming somebody": "os.setuid(65534)",
    "another root": "os.chroot('.')",
    "mounting": "call('mount', b'none', OWN.encode(), b'tmpfs', 0, None)",
    "naming the machine": "socket.sethostname('mine')",
    "setting the clock": "import time; time.clock_settime(time.CLOCK_REALTIME, time.time())",
    "raising limits": "resource.setrlimit(resource.RLIMIT_DATA, (resource.RLIM_INFINITY,) * 2)",
    "making devices": "os.mknod('device', 0o600 | 0o020000, os.makedev(1, 1))",
}


@pytest.mark.parametrize("attempt", DENIED)
async def test_it_is_denied(place: Surroundings, source: KernelSource, attempt: str) -> None:
    done = await execute(place.kernels[source], place.fill_in(DENIED[attempt], source))
    expected = {"PermissionError"} | ({"ValueError"} if attempt == "raising limits" else set())
    assert done.error in expected, done.printed or done.value
    assert (place.data / "key").read_text() == (place.folder(source) / "kept.txt").read_text() == SECRET


POOL = """
import multiprocessing
with multiprocessing.get_context("{}").Pool(2) as pool: result = pool.map(abs, [-1, -2])
result == [1, 2]
"""
WORKS = {
    "its own folder": "pathlib.Path('sub').mkdir(exist_ok=True); open('sub/x', 'w').write('1'); "
    "os.replace('sub/x', 'x'); open(OWN + '/x').read() == '1' and os.getcwd() == OWN",
    "what was in the folder before": f"open('kept.txt').read() == {SECRET!r}",
    "a file from tempfile": "import tempfile, shutil; f = tempfile.NamedTemporaryFile(delete=False); "
    "shutil.move(f.name, 'moved'); os.path.exists('moved') and tempfile.gettempdir() == os.environ['TMPDIR']",
    "programs": "subprocess.run(['sh', '-c', 'echo $((1+1))'], capture_output=True, text=True).stdout == '2\\n'",
    "the interpreter as a program": "subprocess.run([sys.executable, '-c', 'import fastapi']).returncode == 0",
    "threads": "from concurrent.futures import ThreadPoolExecutor; list(ThreadPoolExecutor(4).map(abs, [-1])) == [1]",
    "forked processes": POOL.format("fork"),
    "spawned processes": POOL.format("spawn"),
    "shared memory": "from multiprocessing import shared_memory; s = shared_memory.SharedMemory(create=True, size=9); "
    "s.buf[0] = 7; t = shared_memory.SharedMemory(s.name); r = t.buf[0]; t.close(); s.close(); s.unlink(); r == 7",
    "managers": "m = __import__('multiprocessing').get_context('fork').Manager(); len(m.list([1, 2])) == 2",
    "signalling a child": "p = subprocess.Popen(['sleep', '60']); p.terminate(); p.wait() == -15",
    "C extensions": "import pydantic_core, httptools, numpy; int(numpy.ones(9).sum()) == 9",
    "pictures": "import io, matplotlib; matplotlib.use('agg'); import matplotlib.pyplot as p; p.plot([1, 2]); "
    "b = io.BytesIO(); p.savefig(b); b.getvalue()[1:4] == b'PNG'",
    "SQLite": "import sqlite3; c = sqlite3.connect('d.db'); c.execute('pragma journal_mode=wal'); "
    "c.execute('create table t (x)'); c.commit(); c.execute('select count(*) from t').fetchone() == (0,)",
    "time zones": "import datetime, zoneinfo; datetime.datetime(2026, 7, 1, tzinfo=zoneinfo.ZoneInfo('Europe/Berlin'))"
    ".utcoffset().seconds == 7200",
    "names": "socket.getaddrinfo('localhost', 80)[0][4][1] == 80 and bool(__import__('pwd').getpwuid(os.getuid()))",
    "connections": "socket.create_connection(('127.0.0.1', OPEN)).getpeername()[1] == OPEN",
    "listening": "s = socket.create_server(('127.0.0.1', 0)); socket.create_connection(s.getsockname()) and True",
    "the system's certificates": "import ssl; at = ssl.get_default_verify_paths(); "
    "bool(open(at.cafile).read(1) if at.cafile else os.listdir(at.capath))",
    "randomness": "len(open('/dev/urandom', 'rb').read(4)) == 4 and open('/dev/null', 'w').write('x') == 1",
    "what the system is like": "os.cpu_count() > 0 and 'MemTotal' in open('/proc/meminfo').read()",
    "its own sources": "import inspect, fastapi; 'class FastAPI' in inspect.getsource(fastapi.FastAPI)",
}


@pytest.mark.parametrize("ability", WORKS)
async def test_it_works(place: Surroundings, source: KernelSource, ability: str) -> None:
    done = await execute(place.kernels[source], place.fill_in(WORKS[ability], source))
    assert (done.value, done.error) == ("True", None), done.messages


async def test_commands_of_the_console_work(place: Surroundings, source: KernelSource) -> None:
    done = await execute(place.kernels[source], "word = 'kept'\n!ls {word}.txt && false")
    assert done.printed == "kept.txt\n"
    assert (await execute(place.kernels[source], "_exit_code")).value == "1"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for localhost, signed by itself, and its key."""
    folder = tmp_path_factory.mktemp("certificate")
    subject = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost")
    made = ("-newkey", "rsa:2048", "-nodes", "-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem"))
    subprocess.run(["openssl", "req", "-x509", "-days", "2", *made, *subject], check=True, capture_output=True)
    return folder / "cert.pem", folder / "key.pem"


@pytest.fixture(scope="module")
def trusted(certificate: tuple[Path, Path]) -> str:
    """The text of that certificate."""
    return certificate[0].read_text()


async def test_tls_works(
    place: Surroundings, source: KernelSource, certificate: tuple[Path, Path], trusted: str
) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)

    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0, ssl=context)
    async with server:
        code = f"""
import ssl
context = ssl.create_default_context(cadata={trusted!r})
with socket.create_connection(("localhost", {server.sockets[0].getsockname()[1]})) as plain:
    print(context.wrap_socket(plain, server_hostname="localhost").recv(5))
"""
        async with asyncio.timeout(GONE_S):
            assert (await execute(place.kernels[source], code)).printed == "b'hello'\n"


async def test_the_server_reaches_what_is_inside(place: Surroundings, source: KernelSource) -> None:
    kernel = place.kernels[source]
    assert (await kernel.runner.health()).generation == 0
    assert (await kernel.memory_bytes() or 0) > 0
    await kernel.interrupt()


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """An app's own environment, whose packages look around as soon as they are imported."""
    root = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", "--symlinks", str(root)], check=True)
    libraries = next((root / "lib").glob("python*/site-packages"))
    ours = [path for path in sys.path if path.endswith("site-packages")]
    (libraries / "podium.pth").write_text("".join(f"import site; site.addsitedir({path!r})\n" for path in ours))
    return root


LOOK_AROUND = """
import builtins, os
def attempt(path):
    try:
        return open(path).read()
    except OSError as error:
        return type(error).__name__
builtins.seen = [os.getpid(), attempt({key!r}), attempt("/proc/{server}/environ")]
"""


async def test_a_template_of_foreign_packages_is_in_a_box_too(place: Surroundings, environment: Path) -> None:
    libraries = next((environment / "lib").glob("python*/site-packages"))
    look = LOOK_AROUND.format(key=str(place.data / "key"), server=os.getpid())
    (libraries / "sitecustomize.py").write_text(look)
    python, folder = Python(environment), place.data / "work" / "foreign"
    folder.mkdir()
    keys = [SessionKey("ada", name) for name in ("first", "second")]
    await place.all.start(keys[0], directory=folder, env={}, python=python)
    template = await place.all.starter.templates.warm(python)
    kernel = await place.all.start(keys[1], directory=folder, env={}, python=python)
    assert kernel.source is KernelSource.FORKED
    seen = await execute(kernel, "open('mine', 'w').close(); seen")
    assert seen.value == str([template, "PermissionError", "PermissionError"])
    await asyncio.gather(*(place.all.stop(key) for key in keys))
