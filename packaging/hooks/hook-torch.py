"""What PyInstaller takes of torch: what the program imports, its libraries, and the helper that shares memory.

In place of the hook that comes with PyInstaller, which takes everything and the sources too: they would be wanted by
``torch.jit.script`` and ``torch.compile``, which CNN Studio does not use.
"""

from PyInstaller.utils.hooks import PY_DYLIB_PATTERNS, collect_data_files, collect_dynamic_libs

binaries = collect_dynamic_libs("torch", search_patterns=[*PY_DYLIB_PATTERNS, "*.so.*"])
datas = collect_data_files("torch", includes=["bin/torch_shm_manager", "lib/libshm/**"])
module_collection_mode = "pyz"
# torch looks for further libraries beside its own, and links to those in another folder would mislead it.
bindepend_symlink_suppression = ["**/torch/lib/*.so*"]
