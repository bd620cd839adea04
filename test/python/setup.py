"""Makes a virtual environment with the packages of requirements.txt, once: setup.py DIRECTORY."""

import fcntl
import pathlib
import subprocess
import sys
import venv

directory = pathlib.Path(sys.argv[1])
requirements = pathlib.Path(__file__).with_name("requirements.txt")
installed = directory / "installed.txt"

directory.mkdir(parents=True, exist_ok=True)
with open(directory / "lock", "w") as lock:
    # Test files run side by side; the first one installs, the others wait.
    fcntl.flock(lock, fcntl.LOCK_EX)
    if not installed.exists() or installed.read_text() != requirements.read_text():
        venv.create(directory / "venv", with_pip=True, clear=True)
        pip = [directory / "venv" / "bin" / "python", "-m", "pip", "install", "--quiet"]
        subprocess.run([*pip, "--disable-pip-version-check", "-r", requirements], check=True)
        installed.write_text(requirements.read_text())
