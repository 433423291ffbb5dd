"""Sets the project up on a fresh machine and runs it, or its tests. Standard library only.

    python3 packaging/bootstrap.py run [arguments of cnnstudio ...]
    python3 packaging/bootstrap.py test [arguments of pytest ...]

Both make the virtual environment .venv in the checkout (or use the one that is there), install the project into it
with pip as this machine has it configured, and add the system libraries that Qt needs, where they are missing.
"run" without arguments opens the window; where there is none, it repairs the sample photo into the folder out.
"test" runs ruff, import-linter, mypy and pytest.
"""

# No syntax newer than Python 3.6 in this file: an old Python shall read it and be told what is missing.

import argparse
import ctypes
import hashlib
import importlib.util
import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "cnnstudio-setup.json"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
OLDEST_PYTHON = (3, 11)
DISK_GB = 9

# A Debian package is known by a library of it: the names of packages vary between releases, those of libraries do not.
QT_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
}
WINDOW_LIBRARIES = {
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}
# Without these the tests of a real window, and of its opening no connection, would be skipped.
TEST_PROGRAMS = {"Xvfb": "xvfb", "strace": "strace"}


class SetupError(Exception):
    """Ends the set-up with one plain sentence."""


def say(text):
    """Prints a line of progress."""
    print(f"[cnnstudio] {text}", flush=True)


def call(command, **options):
    """Runs a command and returns its exit code; 127 where it does not exist."""
    try:
        return subprocess.call([str(part) for part in command], **options)
    except FileNotFoundError:
        say(f"There is no {command[0]}.")
        return 127


def check_python():
    """Stops on a Python that is too old, and names a newer one where there is one."""
    if sys.version_info >= OLDEST_PYTHON:
        return
    newer = next((name for name in (f"python3.{n}" for n in range(14, 10, -1)) if shutil.which(name)), None)
    advice = f"start this with {newer}" if newer else "install a newer one, from your system or from python.org"
    raise SetupError(f"CNN Studio needs Python 3.11 or newer, and this is Python {sys.version.split()[0]}: {advice}.")


def has_window():
    """Whether this version of the project has a window."""
    return (ROOT / "cnnstudio" / "app.py").exists()


def has_display():
    """Whether a window could be seen."""
    return not sys.platform.startswith("linux") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def wanted_extras(job):
    """The optional parts that a job needs: the window's once there is one, everything for the tests."""
    if job == "test":
        return ["studio", "test", "train"]
    return ["studio"] if has_window() else []


def install_system_packages(packages, reason):
    """Installs Debian packages where that is allowed; elsewhere says what to do and returns False."""
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    by_hand = " ".join(shlex.quote(part) for part in ["sudo", *command])
    if not shutil.which("apt-get"):
        say(f"{reason}. Install what Debian calls {', '.join(packages)}.")
        return False
    if os.geteuid() != 0:
        say(f"{reason}. Only the administrator may install them:\n    {by_hand}")
        return False
    say(f"{reason}. Installing {', '.join(packages)} ...")
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    for step in (["apt-get", "update"], command):
        if call(step, env=environment, stdout=subprocess.DEVNULL) != 0:
            say(f"That failed. By hand it is:\n    {by_hand}")
            return False
    return True


def missing_packages(libraries):
    """The Debian packages of those libraries that cannot be loaded."""
    missing = []
    for library, package in libraries.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            missing.append(package)
    return missing


def ensure_qt_libraries(job):
    """Sees to what Qt needs of a Linux system; where it stays missing, everything but the window works."""
    if not sys.platform.startswith("linux") or (job == "run" and not has_window()):
        return
    missing = missing_packages(QT_LIBRARIES)
    if has_window() and (has_display() or job == "test"):
        missing += missing_packages(WINDOW_LIBRARIES)
    if has_window() and job == "test":
        missing += [package for program, package in TEST_PROGRAMS.items() if not shutil.which(program)]
    if missing:
        install_system_packages(missing, "The window or its tests need packages that this system lacks")


def setup_key():
    """What an environment was made for."""
    return {
        "root": str(ROOT),
        "python": "{}.{}".format(*sys.version_info),
        "pyproject": hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest(),
    }


def read_stamp():
    """What the environment was made for, and its extras; empty where this program did not finish one."""
    try:
        return json.loads(STAMP.read_text("utf-8"))
    except (OSError, ValueError):
        return {}


def is_ready(extras):
    """Whether the environment fits and has these extras."""
    stamp = read_stamp()
    fits = all(stamp.get(name) == value for name, value in setup_key().items())
    return fits and set(extras) <= set(stamp["extras"]) and PYTHON.exists()


def ensure_venv():
    """Makes the environment; one made for another Python or another place is made anew."""
    stamp, key = read_stamp(), setup_key()
    works = PYTHON.exists() and call([PYTHON, "-c", "import pip"], stderr=subprocess.DEVNULL) == 0
    if works and all(stamp.get(name, key[name]) == key[name] for name in ("root", "python")):
        return
    if VENV.exists() and any(VENV.iterdir()) and not stamp and not (VENV / "pyvenv.cfg").exists():
        raise SetupError(f"The folder {VENV} is in the way and is no virtual environment: move it elsewhere.")
    if importlib.util.find_spec("ensurepip") is None:
        package = "python{}.{}-venv".format(*sys.version_info)
        if not install_system_packages([package], "This Python lacks the parts that make virtual environments"):
            raise SetupError(f"No virtual environment can be made without {package}.")
    say(f"Making the virtual environment {VENV} ...")
    if call([sys.executable, "-m", "venv", "--clear", VENV]) != 0:
        raise SetupError(f"The virtual environment {VENV} could not be made.")


def install(extras):
    """Installs the project and its extras into the environment."""
    say("Installing the project. PyTorch alone is a download of up to 3 GB and takes up to 6 GB of disk.")
    free = shutil.disk_usage(str(ROOT)).free / 1e9
    if free < DISK_GB and not read_stamp():
        say(f"Only {free:.1f} GB of disk are free, and about {DISK_GB} GB may be needed.")
    project = f".[{','.join(extras)}]" if extras else "."
    if STAMP.exists():
        STAMP.unlink()  # an installation that is interrupted is taken up again by the next start
    command = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "-e", project]
    # The hook of a build would fetch Qt once more, only to compile what ensure_translations compiles.
    if call(command, cwd=str(ROOT), env=dict(os.environ, HATCH_BUILD_NO_HOOKS="true")) != 0:
        raise SetupError("pip could not install the project; what it says stands above.")
    STAMP.write_text(json.dumps(dict(setup_key(), extras=extras), indent=2), "utf-8")


def ensure_translations():
    """Compiles the window's translations where they are missing or older than their sources; it opens without, too."""
    for catalogue in (ROOT / "resources" / "i18n").glob("*.ts"):
        compiled = catalogue.with_suffix(".qm")
        if not compiled.exists() or compiled.stat().st_mtime < catalogue.stat().st_mtime:
            if call([PYTHON, ROOT / "packaging" / "translate.py", "build"], stdout=subprocess.DEVNULL) != 0:
                say("The translations could not be compiled: the window speaks English.")
            return


def set_up(job):
    """All that goes before the job itself; done once, checked in a moment every other time."""
    ensure_qt_libraries(job)
    extras = wanted_extras(job)
    if not is_ready(extras):
        # What an earlier job wanted stays in, so that run and test do not undo each other.
        extras = sorted(set(extras) | set(read_stamp().get("extras", [])))
        ensure_venv()
        install(extras)
    if "studio" in extras:
        ensure_translations()


def job_run(arguments):
    """Hands arguments to cnnstudio as they are; without any, opens the window or repairs the sample photo."""
    studio = [PYTHON, "-P", "-m", "cnnstudio"]
    if arguments:
        return call([*studio, *arguments])
    if has_window() and has_display() and call([PYTHON, "-P", "-c", "import cnnstudio.app"]) == 0:
        return call(studio)
    photo, mask = find_sample(ROOT / "resources" / "samples")
    out = ROOT / "out"
    result, compare = out / photo.name, out / f"{photo.stem}-before-after.png"
    say(f"Repairing the sample photo {photo} ...")
    code = call([*studio, "repair", photo, "--mask", mask, "-o", result, "--compare", compare, "--overwrite"])
    if code == 0:
        say(f"Repaired:          {result}")
        say(f"Before and after:  {compare}")
        say(f"Your own photos:   {shlex.quote(str(BIN / 'cnnstudio'))} repair PHOTO --mask MASK -o OUT")
    return code


def find_sample(folder):
    """The first photo of the folder that has a mask beside it, and that mask."""
    for mask in sorted(folder.glob("*-mask.*")):
        for photo in sorted(folder.glob(mask.stem[: -len("-mask")] + ".*")):
            return photo, mask
    raise SetupError(f"There is no sample photo in {folder}.")


def job_test(arguments):
    """Runs every check, says how each went, and fails if any failed."""
    environment = dict(os.environ, QT_QPA_PLATFORM="offscreen")
    checks = {
        "ruff": [PYTHON, "-m", "ruff", "check", "."],
        "import-linter": [BIN / "lint-imports"],
        "mypy": [PYTHON, "-m", "mypy"],
        "pytest": [PYTHON, "-m", "pytest", *arguments],
    }
    codes = {}
    for name, command in checks.items():
        say(f"{name} ...")
        codes[name] = call(command, cwd=str(ROOT), env=environment)
    for name, code in codes.items():
        say(f"{name:14} {'passed' if code == 0 else 'FAILED'}")
    return 1 if any(codes.values()) else 0


def main(argv):
    """Runs the job that ``argv`` names and returns its exit code."""
    parser = argparse.ArgumentParser(
        prog="bootstrap.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("job", choices=["run", "test"])
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="handed on to cnnstudio or to pytest")
    options = parser.parse_args(argv)
    try:
        check_python()
        set_up(options.job)
        return {"run": job_run, "test": job_test}[options.job](options.arguments)
    except SetupError as error:
        print(f"bootstrap: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("bootstrap: stopped; the next start takes it up from here.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
