"""The Debian package that ``build.py --deb`` makes of a bundle. Needs dpkg-deb, and of Python its own library alone.

The bundle goes to /opt, what belongs to menus, shells and man to /usr. ``apt install ./cnnstudio_….deb`` fetches the
few libraries that it wants of the system. Who makes it is asked of DEBFULLNAME and DEBEMAIL, as Debian's tools do.
"""

import gzip
import hashlib
import os
import platform
import shutil
import subprocess
from pathlib import Path

PROGRAM = Path("opt", "cnnstudio")
SHARE = Path("usr", "share")
DEPENDS = "libegl1, libgl1, libxcb1, libxkbcommon0, fontconfig"
CONTROL = """\
Package: cnnstudio
Version: {version}
Section: graphics
Priority: optional
Architecture: {architecture}
Depends: {depends}
Recommends: libwayland-client0, libwayland-cursor0, libwayland-egl1
Suggests: fonts-noto-cjk
Installed-Size: {kibibytes}
Maintainer: {maintainer}
Description: repair damaged photographs, offline
 Scratches, dust, creases, stains, torn corners and missing pieces are painted
 over in a window, or found, and filled in by a convolutional network. Noise,
 JPEG blocks, fading and colour casts are taken out of whole photographs.
 .
 Everything happens on this computer: the networks come with the program, and
 it opens no connection.
"""


def make(bundle, version, epoch):
    """Makes the package beside the bundle, which stays as it is.

    Args:
        bundle: its folder.
        version: of the program.
        epoch: the newest date of any file, in seconds since 1970: the same bundle gives the same package.

    Returns:
        The package's path.

    Raises:
        OSError: there is no dpkg-deb here, or the disk is full.
        subprocess.CalledProcessError: dpkg-deb failed, and has said why.
    """
    architecture = subprocess.run(
        ["dpkg", "--print-architecture"], check=True, stdout=subprocess.PIPE, text=True
    ).stdout.strip()
    package = bundle.with_name(f"cnnstudio_{version}_{architecture}.deb")
    tree = bundle.with_name(f"{package.name}-tree")
    shutil.rmtree(tree, ignore_errors=True)
    try:
        lay_out(bundle, tree)
        describe(tree, version, architecture)
        # The next stronger compression takes twice as long and saves three per cent.
        command = ["dpkg-deb", "--root-owner-group", "-Zxz", "-z1", "--build", str(tree), str(package)]
        subprocess.run(
            command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "SOURCE_DATE_EPOCH": str(epoch)}
        )
    finally:
        shutil.rmtree(tree, ignore_errors=True)
    return package


def lay_out(bundle, tree):
    """Puts every file where it goes. Those of the program are the bundle's own: a link takes no room."""

    def elsewhere(folder, _names):
        return {"share", "install.sh", "LICENCES.txt"} if Path(folder) == bundle else set()

    share = tree / SHARE
    shutil.copytree(bundle, tree / PROGRAM, symlinks=True, ignore=elsewhere, copy_function=os.link)
    shutil.copytree(bundle / "share", share)
    (share / "zsh" / "site-functions").rename(share / "zsh" / "vendor-completions")
    for page in share.glob("man/man1/*.1"):
        page.with_name(f"{page.name}.gz").write_bytes(gzip.compress(page.read_bytes(), mtime=0))
        page.unlink()
    papers = share / "doc" / "cnnstudio"
    papers.mkdir(parents=True)
    shutil.copyfile(bundle / "LICENCES.txt", papers / "copyright")
    command = tree / "usr" / "bin" / "cnnstudio"
    command.parent.mkdir()
    command.symlink_to(Path("/", PROGRAM, "cnnstudio"))


def describe(tree, version, architecture):
    """Writes what the package says of itself, and the checksums of its files."""
    files = sorted(path for path in tree.rglob("*") if path.is_file() and not path.is_symlink())
    sums = [f"{hashlib.md5(path.read_bytes()).hexdigest()}  {path.relative_to(tree).as_posix()}\n" for path in files]
    name, address = os.environ.get("DEBFULLNAME", "CNN Studio"), os.environ.get("DEBEMAIL", "nobody@example.invalid")
    about = CONTROL.format(
        version=version,
        architecture=architecture,
        # The bundle has libraries of the system that built it, so it wants that one's C library or a newer one.
        depends=f"libc6 (>= {platform.libc_ver()[1]}), {DEPENDS}",
        kibibytes=sum(path.stat().st_size for path in files) // 1024,
        maintainer=f"{name} <{address}>",
    )
    folder = tree / "DEBIAN"
    folder.mkdir()
    (folder / "control").write_text(about, "utf-8")
    (folder / "md5sums").write_text("".join(sums), "utf-8")
