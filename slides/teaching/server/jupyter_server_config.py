"""What a person's own server does when it starts. It runs under that person's user id.

Jupyter looks for this file name in the folder that jupyterhub_config.py gives it.
"""

import base64
import os
import secrets
import shutil
import sys
from pathlib import Path

from jupyter_core.paths import jupyter_runtime_dir

c = get_config()  # noqa: F821  (Jupyter defines it)

# A copy of the notebooks and of the pages that people fill in, and of what they find by its place:
# the style, marimo's settings, the starters. What is there stays as it is; what is missing comes
# again (delete a notebook for a fresh one). No quiz: its answers belong in one folder for all.
ROOT = Path(__file__).resolve().parents[3]
COPY = Path.home() / "course"
COPY.mkdir(mode=0o700, exist_ok=True)
TEACHING = ROOT / "slides" / "teaching"
FILLED_IN = ("two_graphs.py", "action_plan.py", "one_pager.py", "kit.md")
for path in [
    ROOT / "pyproject.toml",
    ROOT / "slides" / "theme.css",
    *(ROOT / "notebooks").glob("*.py"),
    *(TEACHING / name for name in FILLED_IN),
]:
    copy = COPY / path.relative_to(ROOT)
    if not copy.exists():
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
os.chdir(COPY)  # marimo lists the folder that it starts in
c.ServerApp.root_dir = str(COPY)
os.environ["COURSE_FITS"] = str(COPY / "__marimo__" / "fits")  # never a folder that others fill

# marimo as marimo-jupyter-extension starts it, but for one thing: the token is read from a file
# of that person. On the command line, everybody who lists the processes would read it.
token = secrets.token_urlsafe(32)
token_file = Path(jupyter_runtime_dir()) / f"marimo-{os.getpid()}.token"
token_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
token_file.touch(mode=0o600)
token_file.write_text(token, encoding="utf-8")
c.ServerProxy.servers = {
    "marimo": {
        "command": [
            *(sys.executable, "-m", "marimo", "-q", "edit", "--no-sandbox", "--headless"),
            *("--host", "127.0.0.1", "--port", "{port}"),
            *("--base-url", os.environ["JUPYTERHUB_SERVICE_PREFIX"] + "marimo"),
            *("--token", "--token-password-file", str(token_file)),
            *("--skip-update-check", "--no-skew-protection"),
        ],
        "absolute_url": True,
        "timeout": 120,
        "request_headers_override": {
            "Authorization": "Basic " + base64.b64encode(f" :{token}".encode()).decode()
        },
        "launcher_entry": {"enabled": False},  # the extension has its own
    }
}
# The extension's own settings: one environment for all, that of the lock.
c.MarimoProxyConfig.sandbox = None
c.MarimoProxyConfig.marimo_path = str(Path(sys.prefix) / "bin" / "marimo")
