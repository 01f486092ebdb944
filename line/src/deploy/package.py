"""Packs a function's program into a zip file, which `sam deploy` uploads unchanged; sam itself compresses slowly."""

import sys
import zipfile

program, package = sys.argv[1:]
with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
    archive.write(program, "bootstrap")
