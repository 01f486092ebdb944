"""Packs a function's program into a zip that `sam deploy` uploads as it is: sam itself compresses at the highest cost."""

import sys
import zipfile

program, package = sys.argv[1:]
with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
    archive.write(program, "bootstrap")
