"""The server of a class keeps people apart: the hub runs here with the very files of the course.

Three accounts are made for it on this machine, and removed afterwards. It needs Linux, root, the
group `class-server` of packages, and configurable-http-proxy; without one of them all tests but the
first are skipped.
"""

from __future__ import annotations

import asyncio
import contextlib
import filecmp
import http.cookiejar
import importlib.util
import json
import os
import re
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support import NAMES, ROOT, cells

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.deep
SERVER = ROOT / "slides" / "teaching" / "server"
HUB = SERVER / "jupyterhub_config.py"
PAGE = ROOT / "slides" / "teaching" / "server.md"
FIRST = f"notebooks/{NAMES[0]}.py"
VIEW = ["unshare", "--mount"]
TOOLS = ("configurable-http-proxy", "adduser", "chpasswd", "setpriv", "userdel")


def closed(path: Path) -> Path | None:
    """Return the outermost folder on the way to `path` that other accounts may not enter."""
    way = [*reversed(path.resolve().parents), path.resolve()]
    return next((folder for folder in way if not folder.stat().st_mode & stat.S_IXOTH), None)


def missing() -> str:
    """Say what this machine lacks for a class, or nothing."""
    if not Path("/etc/debian_version").exists():
        return "the page is for Debian and Ubuntu"
    if os.geteuid() != 0:
        return "making accounts and starting processes for them needs root"
    if importlib.util.find_spec("jupyterhub") is None:
        return "JupyterHub is not installed (`uv sync --locked --group class-server`)"
    absent = [tool for tool in TOOLS if shutil.which(tool) is None]
    if absent:
        return f"not on the PATH: {', '.join(absent)}"
    folder = closed(Path(sys.prefix)) or closed(ROOT)
    if closed(Path(sys.base_prefix)) and subprocess.run([*VIEW, "true"], check=False).returncode:
        folder = sys.base_prefix
    return f"other accounts cannot read {folder}" if folder else ""


LACK = missing()


@dataclass(frozen=True)
class Answer:
    """What the hub answers, after the redirects."""

    status: int
    path: str
    text: str


@dataclass
class Browser:
    """A browser's cookies and requests."""

    home: str
    jar: http.cookiejar.CookieJar = field(default_factory=http.cookiejar.CookieJar)

    def open(self, path: str, data: dict[str, str] | None = None, **headers: str) -> Answer:
        """Ask for a page; `path` can be a whole address."""
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        body = None if data is None else urllib.parse.urlencode(data).encode()
        address = urllib.parse.urljoin(self.home, path)
        request = urllib.request.Request(address, data=body, headers=headers)  # noqa: S310
        try:
            with opener.open(request, timeout=30) as answer:
                status, url, text = answer.status, answer.url, answer.read()
        except urllib.error.HTTPError as error:
            status, url, text = error.code, error.url, error.read()
        return Answer(status, urllib.parse.urlsplit(url).path, text.decode())

    def log_in(self, name: str, password: str) -> Answer:
        """Fill in the form of the hub's first page; who is let in gets a server started."""
        form = re.search(r'name="_xsrf" value="([^"]+)"', self.open("/hub/login").text)
        data = {"username": name, "password": password, "_xsrf": form[1]}
        return self.open("/hub/login?next=%2Fhub%2Fspawn", data)

    def cookies(self, path: str) -> str:
        """Return what this browser's `Cookie` header says for a path."""
        request = urllib.request.Request(urllib.parse.urljoin(self.home, path))  # noqa: S310
        self.jar.add_cookie_header(request)
        return request.get_header("Cookie", "")


@dataclass(frozen=True)
class Person:
    """An account of this machine, and the browser of its owner."""

    name: str
    password: str
    browser: Browser

    @property
    def uid(self) -> int:
        """Return the number of the account."""
        return self.folder.stat().st_uid

    @property
    def folder(self) -> Path:
        """Return the home folder."""
        return Path("/home") / self.name

    @property
    def marimo(self) -> str:
        """Return where the hub has this person's marimo."""
        return f"/user/{self.name}/marimo/"

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command as this person."""
        who = [f"--reuid={self.name}", f"--regid={self.name}", "--init-groups", "--reset-env"]
        return subprocess.run(
            ["setpriv", *who, "--", *command],
            capture_output=True,
            text=True,
            check=False,
            timeout=20,
            cwd="/",
        )


@dataclass(frozen=True)
class Class:
    """The hub, two people of the class, and one who has an account and is no member."""

    home: str
    hub: subprocess.Popen[bytes]
    people: tuple[Person, Person]
    outsider: Person


@dataclass(frozen=True)
class Process:
    """A process as the kernel lists it."""

    pid: int
    parent: int
    uid: int
    command: tuple[str, ...]


def processes() -> list[Process]:
    """Return the processes of this machine."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            status = (folder / "status").read_text(encoding="utf-8")
            parent = int(re.search(r"^PPid:\s+(\d+)", status, flags=re.MULTILINE)[1])
            uid = int(re.search(r"^Uid:\s+(\d+)", status, flags=re.MULTILINE)[1])
            command = (folder / "cmdline").read_text(encoding="utf-8").split("\0")
            found.append(Process(int(folder.name), parent, uid, tuple(command)))
    return found


def below(pid: int) -> list[Process]:
    """Return a process and all that it started."""
    there = processes()
    family = [process for process in there if process.pid == pid]
    for process in family:
        family += [child for child in there if child.parent == process.pid]
    return family


def listening(pid: int) -> list[tuple[str, int]]:
    """Return the addresses and ports on which a process waits for connections."""
    sockets = set()
    for handle in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            sockets |= set(re.findall(r"socket:\[(\d+)\]", str(handle.readlink())))
    found = []
    for table, version in {"tcp": socket.AF_INET, "tcp6": socket.AF_INET6}.items():
        for line in Path(f"/proc/net/{table}").read_text(encoding="ascii").splitlines()[1:]:
            _, local, _, state, *_, inode = line.split()[:10]
            if state == "0A" and inode in sockets:  # 0A: it listens
                address, port = local.split(":")  # hexadecimal, in words of four reversed bytes
                words = [bytes.fromhex(word)[::-1] for word in re.findall(".{8}", address)]
                found.append((socket.inet_ntop(version, b"".join(words)), int(port, 16)))
    return found


def marimo_of(person: Person) -> tuple[Process, int]:
    """Return a person's marimo and the port on which it listens."""
    (found,) = (p for p in processes() if p.uid == person.uid and "edit" in p.command)
    ((_, port),) = listening(found.pid)
    return found, port


def free_ports(number: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        taken = [stack.enter_context(socket.socket()) for _ in range(number)]
        for server in taken:
            server.bind(("127.0.0.1", 0))
        return [server.getsockname()[1] for server in taken]


def settings() -> dict[str, Any]:
    """Return what the hub's configuration file sets."""
    from traitlets.config import PyFileConfigLoader

    return PyFileConfigLoader(HUB.name, path=str(HUB.parent)).load_config()


def command_of_hub(ports: list[int]) -> list[str]:
    """Return how the hub starts: by the course's file, its addresses kept, its ports moved.

    Where Python itself lies in a folder closed to others, as in the home of root, the hub gets
    a view of the files in which that one Python is open. Nothing changes for the machine.
    """
    public, hub, proxy = ports
    bind_url = re.sub(r":\d+$", f":{public}", settings()["JupyterHub"]["bind_url"])
    command = [
        *(sys.executable, "-m", "jupyterhub", "-f", str(HUB)),
        f"--JupyterHub.bind_url={bind_url}",
        f"--JupyterHub.hub_port={hub}",
        f"--ConfigurableHTTPProxy.api_url=http://127.0.0.1:{proxy}",
    ]
    python = Path(sys.base_prefix).resolve()
    folder = closed(python)
    if folder is None:
        return command
    view = """
        mkdir -p python && mount --bind "$0" python &&
        mount -t tmpfs -o mode=755 none "$1" && mkdir -p "$0" && mount --bind python "$0" &&
        shift && exec "$@"
    """
    return [*VIEW, "sh", "-c", view, str(python), str(folder), *command]


@contextlib.contextmanager
def accounts(home: str) -> Iterator[list[Person]]:
    """Make two members of the class and an outsider, as server.md does; remove them afterwards."""
    import grp

    (group,) = settings()["PAMAuthenticator"]["allowed_groups"]
    new_group = group not in {entry.gr_name for entry in grp.getgrall()}
    people = []
    try:
        subprocess.run(["groupadd", "--force", group], check=True)
        for role in ("ada", "bob", "eve"):
            name = f"{role}{secrets.token_hex(4)}"
            people.append(Person(name, secrets.token_urlsafe(12), Browser(home)))
            quiet = ["--quiet", "--disabled-password", "--gecos", ""]
            subprocess.run(["adduser", *quiet, name], check=True)
        for person in people[:2]:
            subprocess.run(["usermod", "-aG", group, person.name], check=True)
        lines = "".join(f"{person.name}:{person.password}\n" for person in people)
        subprocess.run(["chpasswd"], input=lines, text=True, check=True)
        yield people
    finally:
        uids = {person.uid for person in people if person.folder.exists()}
        for process in processes():
            if process.uid in uids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process.pid, signal.SIGKILL)
        for person in people:
            subprocess.run(["userdel", "--remove", "--force", person.name], check=False)
        if new_group:
            subprocess.run(["groupdel", group], check=True)


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Class]:
    """Return the class with its hub running and both members' servers started."""
    if LACK:
        pytest.skip(LACK)
    ports = free_ports(3)
    home = f"http://127.0.0.1:{ports[0]}"
    folder = tmp_path_factory.mktemp("hub")
    log = folder / "hub.log"
    with accounts(home) as (*people, outsider), log.open("wb") as written:
        for person in people:  # somebody's own work is there before the first start
            own = person.folder / "course" / "notebooks" / f"{NAMES[1]}.py"
            person.run("mkdir", "-p", str(own.parent))
            person.run("sh", "-c", f"echo '# the work of {person.name}' > {own}")
        hub = subprocess.Popen(
            command_of_hub(ports), cwd=folder, stdout=written, stderr=subprocess.STDOUT
        )
        try:
            wait_for(lambda: socket_answers(ports[0]), hub, log)
            for person in people:
                assert person.browser.log_in(person.name, person.password).status == 200
            for person in people:
                wait_for(lambda who=person: page_is_there(who), hub, log)
            yield Class(home, hub, tuple(people), outsider)
        finally:
            hub.terminate()
            try:
                hub.wait(timeout=20)
            except subprocess.TimeoutExpired:
                for process in below(hub.pid):
                    os.kill(process.pid, signal.SIGKILL)
                hub.wait(timeout=10)


def socket_answers(port: int) -> bool:
    with contextlib.suppress(OSError):
        return Browser(f"http://127.0.0.1:{port}").open("/hub/login").status == 200
    return False


def page_is_there(person: Person) -> bool:
    answer = person.browser.open(person.marimo)
    return answer.status == 200 and answer.path == person.marimo


def wait_for(what: Any, hub: subprocess.Popen[bytes], log: Path) -> None:
    """Wait for a condition, 90 seconds at most."""
    end = time.monotonic() + 90
    while not what():
        said = log.read_text(encoding="utf-8", errors="replace")[-4000:]
        assert hub.poll() is None, said
        assert time.monotonic() < end, said
        time.sleep(0.3)


def test_the_page_says_what_the_files_say():
    page, hub = PAGE.read_text(encoding="utf-8"), HUB.read_text(encoding="utf-8")
    (group,) = re.findall(r'allowed_groups = \{"([\w-]+)"\}', hub)
    (address,) = re.findall(r'bind_url = "http://(127\.0\.0\.1:\d+)"', hub)
    assert f"groupadd {group}" in page
    assert f"usermod -aG {group} " in page
    assert page.count(address) >= 2  # where to look, and where the reverse proxy sends
    assert f"jupyterhub -f /srv/course/{HUB.relative_to(ROOT).as_posix()}" in page
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (name,) = set(re.findall(r"--group (\S+)", page))
    assert name in groups["dependency-groups"]
    for link in re.findall(r"\]\((?!https://)([^)#]+)", page):
        assert (PAGE.parent / link).exists(), link
    assert 0 < page.index("tmux new -s hub") < page.index("jupyterhub -f ")


# What makes a person's copy, run with a small configuration in the place of Jupyter's.
COPY = """
import runpy, sys, types

class Config(dict):
    def __getattr__(self, name):
        return self.setdefault(name, Config())
    __setattr__ = dict.__setitem__

paths = types.ModuleType("jupyter_core.paths")
paths.jupyter_runtime_dir = lambda: sys.argv[2]
sys.modules |= {"jupyter_core": types.ModuleType("jupyter_core"), "jupyter_core.paths": paths}
runpy.run_path(sys.argv[1], {"get_config": Config})
"""


@pytest.mark.skipif(os.name == "nt", reason="the hub is for Linux")
def test_a_copy_holds_what_teams_fill_in(tmp_path):
    """The pages of the team activity and of the plan run in a person's copy; no quiz is there."""
    environment = {**os.environ, "HOME": str(tmp_path), "JUPYTERHUB_SERVICE_PREFIX": "/user/ada/"}
    command = [sys.executable, "-c", COPY, str(SERVER / "jupyter_server_config.py"), str(tmp_path)]
    subprocess.run(command, env=environment, check=True)
    copy = tmp_path / "course"
    found = {path.name for path in copy.glob("slides/teaching/*")}
    assert found == {"two_graphs.py", "action_plan.py", "one_pager.py", "kit.md"}
    assert sorted(path.stem for path in copy.glob("notebooks/*.py")) == NAMES
    mine = copy / "slides" / "teaching" / "action_plan.py"
    mine.write_text("# the work of ada\n", encoding="utf-8")
    subprocess.run(command, env=environment, check=True)
    assert mine.read_text(encoding="utf-8") == "# the work of ada\n"
    for name in ("two_graphs.py", "one_pager.py"):
        page = copy / "slides" / "teaching" / name
        subprocess.run([sys.executable, str(page)], cwd=copy, env=environment, check=True)


def test_the_quiz_has_one_folder_and_one_door():
    """It runs as an account of its own; the proxy sends people to the port and path it has."""
    page = PAGE.read_text(encoding="utf-8")
    (line,) = re.findall(
        r"^runuser .+ marimo run .+$|^runuser .+/marimo run .+$", page, re.MULTILINE
    )
    folder, port, path = (
        re.search(pattern, line)[1]
        for pattern in (r"COURSE_QUIZ=(\S+)", r"--port (\d+)", r"--base-url (\S+)")
    )
    (account,) = re.findall(r"^useradd .* (\S+)$", page, re.MULTILINE)
    home = str(Path(folder).parent)
    assert f"runuser -u {account} -- env HOME={home} " in line
    assert f"install -d -m 700 -o {account} -g {account} {home}\n" in page
    assert f"--token-password-file {home}/word" in line
    assert f"reverse_proxy {path}* 127.0.0.1:{port}" in page
    assert "--host" not in line  # loopback, as the hub


def test_nobody_outside_this_machine_is_answered(school):
    """The hub, its proxy and everything they started listen on loopback."""
    found = [place for process in below(school.hub.pid) for place in listening(process.pid)]
    assert len(found) >= 7  # the public port, the proxy's, the hub's; Jupyter and marimo for each
    assert {address for address, _ in found} == {"127.0.0.1"}


def test_without_a_login_nobody_gets_in(school):
    stranger = Browser(school.home)
    assert '"version"' in stranger.open("/hub/api").text
    for path in (school.people[0].marimo, "/hub/home", f"/user/{school.people[0].name}/lab"):
        assert stranger.open(path).path == "/hub/login"
    person = school.people[0]
    assert stranger.log_in(person.name, "guess").status == 403
    assert stranger.open("/hub/home").path == "/hub/login"


def test_an_account_outside_the_group_is_refused(school):
    outsider = school.outsider
    assert outsider.browser.log_in(outsider.name, outsider.password).status == 403
    assert outsider.browser.open("/hub/home").path == "/hub/login"


def test_each_member_gets_the_notebooks(school):
    for person in school.people:
        answer = person.browser.open(f"{person.marimo}?file={FIRST}")
        assert (answer.status, answer.path) == (200, person.marimo)
        assert "<marimo-" in answer.text
        assert NAMES[0] in answer.text
        lab = person.browser.open(f"/user/{person.name}/lab")
        assert (lab.status, lab.path) == (200, f"/user/{person.name}/lab")


def test_each_member_has_a_private_copy_and_keeps_the_own_work(school):
    for person, other in zip(school.people, reversed(school.people), strict=True):
        copy = person.folder / "course"
        assert copy.stat().st_uid == person.uid
        assert sorted(path.stem for path in copy.glob("notebooks/*.py")) == NAMES
        mine = copy / "notebooks" / f"{NAMES[1]}.py"
        assert mine.read_text(encoding="utf-8") == f"# the work of {person.name}\n"
        for name in (FIRST, "slides/theme.css", "slides/teaching/kit.md", "pyproject.toml"):
            assert filecmp.cmp(copy / name, ROOT / name, shallow=False), name
        assert person.run("cat", str(mine)).returncode == 0
        for folder in (person.folder, copy):
            assert "Permission denied" in other.run("ls", str(folder)).stderr
        assert "Permission denied" in other.run("cat", str(mine)).stderr


def test_nobody_can_change_what_all_share(school):
    person = school.people[0]
    for shared in (ROOT / FIRST, ROOT / "helpers" / "checks.py", Path(sys.prefix), HUB):
        assert person.run("test", "-r", str(shared)).returncode == 0
        assert person.run("test", "-w", str(shared)).returncode == 1


def test_processes_belong_to_their_person(school):
    ada, bob = school.people
    assert len({0, ada.uid, bob.uid, school.outsider.uid}) == 4
    for person in school.people:
        own = [process for process in below(school.hub.pid) if process.uid == person.uid]
        commands = [" ".join(process.command) for process in own]
        assert any("jupyterhub-singleuser" in command for command in commands)
        assert any("marimo -q edit" in command for command in commands)
    (marimo_ada, port_ada), (marimo_bob, port_bob) = marimo_of(ada), marimo_of(bob)
    assert marimo_ada.pid != marimo_bob.pid
    assert port_ada != port_bob
    assert bob.run("kill", "-0", str(marimo_ada.pid)).returncode != 0


def test_one_member_cannot_reach_the_server_of_another(school):
    for person, other in zip(school.people, reversed(school.people), strict=True):
        for part in ("marimo/", "lab", "api/contents"):
            path = f"/user/{person.name}/{part}"
            assert person.browser.open(path).status == 200
            assert other.browser.open(path).status == 403
        assert page_is_there(person)


def test_marimo_answers_nobody_without_its_token(school):
    """Who finds the port of another's marimo is refused, directly and through the own server."""
    ada, bob = school.people
    process, port = marimo_of(ada)
    direct = f"http://127.0.0.1:{port}{ada.marimo}"
    assert Browser(direct).open(f"{direct}?file={FIRST}").path == f"{ada.marimo}auth/login"
    assert Browser(direct).open(f"{direct}?access_token=guess").path == f"{ada.marimo}auth/login"
    assert Browser(direct).open(f"{direct}api/status").status in {401, 403}
    through = f"/user/{bob.name}/proxy/{port}{ada.marimo}"
    assert bob.browser.open(f"{through}health").status == 200
    assert bob.browser.open(f"{through}api/status").status == 401
    assert bob.browser.open(f"{through}?file={FIRST}").path == f"{through}auth/login"

    token_file = Path(process.command[process.command.index("--token-password-file") + 1])
    token = token_file.read_text(encoding="utf-8")
    assert len(token) >= 40
    assert Browser(direct).open(f"{direct}?access_token={token}").path == ada.marimo
    assert "Permission denied" in bob.run("cat", str(token_file)).stderr
    shown = bob.run("ps", "-eww", "-o", "args").stdout
    assert str(token_file) in shown
    assert token not in shown


# What a person types into a new cell: who runs it, and are the helpers and their data there?
PROBE = """
import os, helpers.data
f"{os.getuid()} {helpers.data.load_lalonde().shape} {os.getcwd()} {helpers.data.FOLDER}"
"""


async def try_cell(person: Person, notebook: str, code: str) -> list[dict[str, Any]]:
    """Open a notebook as the editor does, run one more cell, return what its kernel sent."""
    from tornado.httpclient import AsyncHTTPClient, HTTPRequest
    from tornado.websocket import websocket_connect

    session = f"s_{secrets.token_hex(3)}"
    path = f"{person.marimo}ws?session_id={session}&file={notebook}"
    address = urllib.parse.urljoin(person.browser.home, path).replace("http", "ws", 1)
    cookies = {"Cookie": person.browser.cookies(path)}
    connection = await websocket_connect(HTTPRequest(address, headers=cookies))
    said = []
    while not said or said[-1]["op"] != "completed-run":
        message = await asyncio.wait_for(connection.read_message(), timeout=40)
        assert message is not None, said[-3:]
        said.append(json.loads(message))
        if said[-1]["op"] == "kernel-ready":
            headers = {"Content-Type": "application/json", "Marimo-Session-Id": session, **cookies}
            run = HTTPRequest(
                urllib.parse.urljoin(person.browser.home, f"{person.marimo}api/kernel/run"),
                method="POST",
                body=json.dumps({"cellIds": ["probe"], "codes": [code]}),
                headers=headers,
            )
            assert (await AsyncHTTPClient().fetch(run)).code == 200
    connection.close()
    return said


def test_each_member_has_a_kernel(school):
    """The kernel of the first notebook is the person's own, and finds helpers and data."""
    for person in school.people:
        said = asyncio.run(try_cell(person, FIRST, PROBE))
        (ready,) = (message["data"] for message in said if message["op"] == "kernel-ready")
        assert len(ready["codes"]) == len(cells(ROOT / FIRST))
        found = [message["data"]["output"] for message in said if message["op"] == "cell-op"]
        texts = " ".join(str(output["data"]) for output in found if output)
        copy = person.folder / "course"
        assert f"{person.uid} (614, 12) {copy}" in texts, texts
        assert str(ROOT / "data") in texts
        marimo, _ = marimo_of(person)
        family = below(marimo.pid)
        assert len(family) >= 2  # marimo, and the kernel
        assert {process.uid for process in family} == {person.uid}
