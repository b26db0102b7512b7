"""The picture of a passbook: read from a file, upright, without what a camera wrote into it, small enough to carry."""

from __future__ import annotations

from pathlib import Path

from app.domain.errors import EnvironmentFault, InputFault

MOST_BYTES = 40_000_000


def read_account_photo(path: Path) -> bytes:
    """JPEG of a picture file (JPEG, PNG, HEIC, TIFF, WebP), long side 1280 at most.

    EnvironmentFault ``import.file_missing``, ``file.not_readable``; InputFault ``photo.*`` (see ``printing.photos.reduce_photo``).
    """
    from app.printing.photos import reduce_photo

    try:
        if path.stat().st_size > MOST_BYTES:
            megabytes = path.stat().st_size // 1_000_000
            raise InputFault("photo.too_large", path=str(path), megabytes=megabytes, most=MOST_BYTES // 1_000_000)
        data = path.read_bytes()
    except FileNotFoundError:
        raise EnvironmentFault("import.file_missing", path=str(path)) from None
    except OSError as error:
        raise EnvironmentFault("file.not_readable", path=str(path), reason=error.strerror or "") from None
    return reduce_photo(data, path=path).jpeg
