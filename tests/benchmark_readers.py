"""What readers of one notebook cost a server: `uv run python -m tests.benchmark_readers [NAME]`.

A server on loopback (`marimo run`) shows the derived notebook to 1, 5 and 20 readers at once, each
with a session and a kernel of one's own. Printed for each number of readers: wall seconds until
the last of them has a first picture, and the whole page; memory of the server alone and with its
kernels (proportional set size: what kernels share counts once); and, with everybody there,
milliseconds from a slider to the new picture, for one reader who moves it alone, and for all who
move it at the same moment (median, slowest). Readers are sessions without a browser. Linux only,
for the memory.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import statistics
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from websockets.asyncio.client import connect

from tests.browsing import Server, copy_course

READERS = (1, 5, 20)
SLIDER = re.compile(r"object-id=\\?['\"]([^'\"\\]+)\\?['\"][^>]*>\s*<marimo-slider")
PICTURES = ("vegalite", "mermaid", "<svg")
MOVES = 5
MANY = 600
"""Seconds after which a reader who still waits is an error."""


class Reader:
    """Somebody with the page open: a session of the server, without the cost of a browser."""

    def __init__(self, url: str) -> None:
        self.url, self.session = url, f"s_{uuid.uuid4().hex[:6]}"
        with urllib.request.urlopen(url, timeout=60) as page:  # noqa: S310
            text = page.read().decode()
        self.token = re.search(r'<marimo-server-token data-token="([^"]+)"', text).group(1)
        self.sliders: dict[str, None] = {}
        self.picture_at: float | None = None

    async def open(self) -> None:
        """Open the session, and wait for the whole page; the server runs it by itself."""
        address = self.url.replace("http", "ws") + f"/ws?session_id={self.session}"
        self.socket = await connect(address, max_size=None, open_timeout=MANY)
        await self._until("completed-run")

    async def move(self, slider: str, value: float) -> float:
        """Move a slider; return the seconds until what depends on it is there."""
        start = time.perf_counter()
        await self._post("set_ui_element_value", {"objectIds": [slider], "values": [value]})
        await self._until("completed-run")
        return time.perf_counter() - start

    async def _until(self, wanted: str) -> None:
        async with asyncio.timeout(MANY):
            async for message in self.socket:
                self.sliders |= dict.fromkeys(SLIDER.findall(str(message)))
                if self.picture_at is None and any(kind in str(message) for kind in PICTURES):
                    self.picture_at = time.perf_counter()
                if json.loads(message)["op"] == wanted:
                    return
        raise RuntimeError(f"the session closed before {wanted!r}")

    async def _post(self, what: str, body: dict[str, Any]) -> None:
        headers = {"Marimo-Session-Id": self.session, "Content-Type": "application/json"}
        request = urllib.request.Request(  # noqa: S310
            f"{self.url}/api/kernel/{what}",
            json.dumps(body).encode(),
            {**headers, "Marimo-Server-Token": self.token},
        )
        await asyncio.to_thread(lambda: urllib.request.urlopen(request, timeout=60).close())  # noqa: S310


def memory_mib(process: int) -> float:
    """Return the proportional set size of a process and all that it started, in MiB."""
    text = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="utf-8")
    own = int(re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE).group(1)) / 1024
    tasks = Path(f"/proc/{process}/task").glob("*/children")
    started = {child for task in tasks for child in task.read_text(encoding="utf-8").split()}
    return own + sum(memory_mib(int(child)) for child in started)


async def measure(name: str, n: int) -> dict[str, float]:
    """Return what n readers of one notebook cost, and how long they wait."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Server(copy_course(Path(folder)), "run", f"notebooks/{name}.py") as server,
    ):
        empty = memory_mib(server.process.pid)
        start = time.perf_counter()
        readers = [Reader(server.url) for _ in range(n)]
        await asyncio.gather(*(reader.open() for reader in readers))
        pictures = [reader.picture_at - start for reader in readers]
        found = {"readers": n, "picture_s": max(pictures), "open_s": time.perf_counter() - start}
        found["server_mib"] = empty
        found["all_mib"] = memory_mib(server.process.pid)
        slider = next(iter(readers[0].sliders))
        alone = [await readers[0].move(slider, at) for at in moves()]
        together = []
        for at in moves():
            each = (r.move(next(iter(r.sliders)), at) for r in readers)
            together += await asyncio.gather(*each)
        found["alone_ms"] = 1000 * statistics.median(alone)
        found["together_ms"] = 1000 * statistics.median(together)
        found["slowest_ms"] = 1000 * max(together)
    return found


def moves() -> Iterable[float]:
    """Return positions of a slider, each different from the one before."""
    return [0.1 * (1 + step % 2) for step in range(MOVES)]


def main(name: str, readers: Iterable[int]) -> None:
    """Print one line per number of readers, and the sum for 100."""
    for n in readers:
        found = asyncio.run(measure(name, n))
        each = (found["all_mib"] - found["server_mib"]) / n
        line = "  ".join(f"{key} {value:,.{key.endswith('_s'):d}f}" for key, value in found.items())
        sys.stdout.write(f"{line}  each_mib {each:,.0f}\n")
        sys.stdout.flush()
    total = (found["server_mib"] + 100 * each) / 1024
    sys.stdout.write(f"100 readers: {total:,.0f} GiB\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="tests.benchmark_readers", description=__doc__)
    parser.add_argument("name", nargs="?", default="02_confounders_colliders_mediators")
    parser.add_argument("--readers", type=int, nargs="*", default=READERS)
    given = parser.parse_args()
    main(given.name, given.readers)
