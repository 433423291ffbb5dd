"""What PyInstaller takes of torch: what the program imports, its libraries, and the helper that shares memory.

In place of the hook that comes with PyInstaller, which takes everything, and all sources. They would be wanted by
``torch.compile``, which CNN Studio does not use; only what torch itself reads of them while it loads is taken.
"""

from pathlib import Path

from PyInstaller.utils.hooks import PY_DYLIB_PATTERNS, collect_data_files, collect_dynamic_libs, get_package_paths

binaries = collect_dynamic_libs("torch", search_patterns=[*PY_DYLIB_PATTERNS, "*.so.*"])
datas = collect_data_files("torch", includes=["bin/torch_shm_manager", "lib/libshm/**"])
_folder = Path(get_package_paths("torch")[1])
# Imported by names that are put together.
hiddenimports = [f"torch._dynamo.polyfills.{path.stem}" for path in (_folder / "_dynamo" / "polyfills").glob("*.py")]

# Files of settings read their own comments, and a few functions have their signatures taken from the source.
_settings = [path for name in ("config", "_config", "config_comms") for path in _folder.rglob(f"{name}.py")]
_read = [".".join(("torch", *path.relative_to(_folder).with_suffix("").parts)) for path in _settings] + [
    "torch.functional", "torch.nn.functional", "torch.nn.modules.rnn", "torch._decomp.decompositions",
    "torch._decomp.decompositions_for_jvp",
]  # fmt: skip
module_collection_mode = {"torch": "pyz", **dict.fromkeys(_read, "pyz+py")}
# torch looks for further libraries beside its own, and links to those in another folder would mislead it.
bindepend_symlink_suppression = ["**/torch/lib/*.so*"]
