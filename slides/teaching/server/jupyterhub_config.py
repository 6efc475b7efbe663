"""JupyterHub for a class that edits: for each person an account, a process and own notebooks.

`jupyterhub -f` reads this file; ../server.md says how to set the server up.
"""

import os
import sys
from pathlib import Path

c = get_config()  # noqa: F821  (JupyterHub defines it)

# Where it listens: this machine alone. Do not change this to let the room in: put a reverse proxy
# with TLS in front, on the same machine. Passwords must not cross a network in the clear.
c.JupyterHub.bind_url = "http://127.0.0.1:8000"

# Who gets in (authenticator): the machine's own accounts with their passwords (PAM), and of these
# the members of one group. `c.Authenticator.allow_all = True` would admit every account.
c.JupyterHub.authenticator_class = "pam"
c.PAMAuthenticator.allowed_groups = {"causal-course"}

# What starts for each person (spawner): one process under that person's own user id. It sets no
# limit on memory or processors; where you need one, see "What this does not cover" in ../server.md.
c.JupyterHub.spawner_class = "localprocess"
environment = Path(sys.prefix)
c.Spawner.cmd = [str(environment / "bin" / "jupyterhub-singleuser")]
c.Spawner.environment = {
    # Everybody runs the packages of the lock; they belong to root, and nobody else can change them.
    "PATH": os.pathsep.join([str(environment / "bin"), "/usr/local/bin", "/usr/bin", "/bin"]),
    # The file jupyter_server_config.py beside this one: the person's copy, and marimo's token.
    "JUPYTER_CONFIG_PATH": str(Path(__file__).resolve().parent),
}
c.Spawner.default_url = "/marimo/"  # marimo's list of notebooks; JupyterLab is at /lab
c.Spawner.start_timeout = 120  # seconds: when a whole class arrives, the last one waits
c.Spawner.http_timeout = 120
