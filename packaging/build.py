"""Makes the bundle that runs without Python: ``python3 packaging/build.py [--cpu | --cuda]``.

From a clean checkout it sets up the environment as bootstrap.py does, and adds PyInstaller. The result lies in
dist/: a folder with the program in it, and the same as an archive. ``--cpu`` (what it does by itself) leaves out what
only an NVIDIA card needs; ``--cuda`` takes it in and is five times as large. ``--deb`` makes a Debian package of it,
too, and ``--smoke`` uses it as a person would (smoke.py).
"""

import argparse
import gzip
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import time
from pathlib import Path

import bootstrap
import deb

ROOT = bootstrap.ROOT
WORK = ROOT / "build" / "bundle"
DIST = ROOT / "dist"
EXTRAS = ["bundle", "studio", "train"]
TOOLS = {"gcc": ["gcc", "libc6-dev"], "objdump": ["binutils"]}
EPOCH = 1_700_000_000


def ask_version():
    """The program's."""
    command = [str(bootstrap.PYTHON), "-P", "-c", "import cnnstudio; print(cnnstudio.__version__)"]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout.decode().strip()


def bundle_name(version, kind):
    """What the folder and the archive are called."""
    return f"cnnstudio-{version}-{sys.platform}-{platform.machine().lower()}-{kind}"


def missing_tools():
    """What Debian calls the packages of that which reads and makes libraries on Linux, where it is missing."""
    missing = [package for tool, packages in TOOLS.items() if not shutil.which(tool) for package in packages]
    library = sysconfig.get_config_var("INSTSONAME")
    return missing + bootstrap.missing_packages({library: "libpython{}.{}".format(*sys.version_info)})


def ensure_tools():
    """Sees to what the build and its smoke test need of a Linux system.

    Raises:
        bootstrap.SetupError: something stays missing without which nothing can be built.
    """
    if sys.platform != "linux":
        return
    # What is missing here of the window's libraries would be missing in the bundle.
    bootstrap.ensure_qt_libraries("test")
    if missing := missing_tools():
        bootstrap.install_system_packages(missing, "PyInstaller needs packages that this system lacks")
        if missing := missing_tools():
            raise bootstrap.SetupError(f"The bundle cannot be built without {', '.join(missing)}.")


def set_up():
    """Brings system and environment to what the build needs, and compiles the translations."""
    bootstrap.check_python()
    ensure_tools()
    if not bootstrap.is_ready(EXTRAS):
        extras = sorted({*EXTRAS, *bootstrap.read_stamp().get("extras", [])})
        bootstrap.ensure_venv()
        bootstrap.install(extras)
    bootstrap.ensure_translations()


def freeze(kind):
    """Runs PyInstaller; returns the folder it made."""
    if sys.platform != "linux":
        command = [bootstrap.PYTHON, ROOT / "packaging" / "icons.py", WORK / "cnnstudio"]
        subprocess.run([str(part) for part in command], check=True)
    command = [
        bootstrap.PYTHON, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", "--distpath", WORK / "dist",
        "--workpath", WORK, ROOT / "packaging" / "cnnstudio.spec", "--", f"--{kind}",
    ]  # fmt: skip
    subprocess.run([str(part) for part in command], check=True, cwd=str(ROOT))
    return WORK / "dist" / "cnnstudio"


def furnish(folder):
    """Adds what stands beside the program: licences, and what Linux keeps in share."""
    resources = folder / "_internal" / "cnnstudio" / "_resources"
    shutil.copyfile(resources / "licences.txt", folder / "LICENCES.txt")
    if sys.platform != "linux":
        return
    share = folder / "share"
    icons = share / "icons" / "hicolor" / "scalable" / "apps"
    icons.mkdir(parents=True)
    shutil.copyfile(resources / "icons" / "app.svg", icons / "cnnstudio.svg")
    applications = share / "applications"
    applications.mkdir()
    shutil.copyfile(ROOT / "packaging" / "linux" / "cnnstudio.desktop", applications / "cnnstudio.desktop")
    installer = folder / "install.sh"
    shutil.copyfile(ROOT / "packaging" / "linux" / "install.sh", installer)
    installer.chmod(0o755)
    subprocess.run([str(bootstrap.PYTHON), str(ROOT / "packaging" / "share.py"), str(share)], check=True)


def pack(folder):
    """Makes the archive; the same files give the same archive."""
    if sys.platform == "win32":
        return Path(shutil.make_archive(str(folder), "zip", str(folder.parent), folder.name))

    def plain(entry):
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = ""
        entry.mtime = EPOCH
        return entry

    archive = folder.with_name(f"{folder.name}.tar.gz")
    # gzip by itself notes the archive's own name and time.
    with archive.open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, EPOCH) as gz, tarfile.open(None, "w", gz) as tar:
        tar.add(folder, folder.name, filter=plain)
    return archive


def size(folder):
    """Bytes of all files."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def main():
    """Does it all, and says what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--cpu", dest="kind", action="store_const", const="cpu", default="cpu")
    kind.add_argument("--cuda", dest="kind", action="store_const", const="cuda")
    parser.add_argument("--no-archive", action="store_true", help="leave it at the folder")
    parser.add_argument("--deb", action="store_true", help="make a Debian package of it, too")
    parser.add_argument("--smoke", action="store_true", help="at last use it as a person would (Linux)")
    options = parser.parse_args()
    start = time.time()
    os.umask(0o022)  # what is made here is for everybody
    try:
        set_up()
        made = freeze(options.kind)
        version = ask_version()
        folder = DIST / bundle_name(version, options.kind)
        DIST.mkdir(exist_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
        shutil.move(str(made), str(folder))
        furnish(folder)
        if sys.platform == "darwin":
            # The application has all of it inside once more; the folder would be the same for the command line.
            app = DIST / "CNN Studio.app"
            shutil.rmtree(str(app), ignore_errors=True)
            shutil.move(str(made.with_name(app.name)), str(app))
        bootstrap.say(f"{folder}: {size(folder) / 1e6:.0f} MB, {time.time() - start:.0f} s")
        if not options.no_archive:
            archive = pack(folder)
            bootstrap.say(f"{archive}: {archive.stat().st_size / 1e6:.0f} MB")
        if options.deb:
            package = deb.make(folder, version, EPOCH)
            bootstrap.say(f"{package}: {package.stat().st_size / 1e6:.0f} MB")
        if options.smoke:
            return bootstrap.call([bootstrap.PYTHON, ROOT / "packaging" / "smoke.py", folder])
    except (bootstrap.SetupError, OSError, subprocess.CalledProcessError) as error:
        print(f"build: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
