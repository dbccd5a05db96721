"""What a file is, read from its content; its name and the browser's claim count for nothing."""

import zipfile
from typing import BinaryIO

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from expansion.errors import Invalid

PICTURES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif"}
OFFICE = {
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
OLD_OFFICE = {
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
}
EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/gif": "gif",
    "application/pdf": "pdf",
    "text/plain": "txt",
    "text/csv": "csv",
    "application/zip": "zip",
    OFFICE["word/"]: "docx",
    OFFICE["xl/"]: "xlsx",
    OFFICE["ppt/"]: "pptx",
} | {kind: extension for extension, kind in OLD_OFFICE.items()}
HEAD = 4096
LAST_RECORD, LOCATOR = b"PK\x05\x06", b"PK\x06\x07"
# The last record with the longest comment, and what an archive of 64 bits puts before it.
END_OF_ARCHIVE = 76 + 22 + 2**16
LARGEST_DIRECTORY = 2 * 1024**2
MOST_PIXELS = 60_000_000
LONGEST_SIDE = 2400
QUALITY = 85


def media_type(file: BinaryIO, name: str) -> str:
    """The media type of an allowed file.

    Raises:
        Invalid: the content is of no allowed kind, or is none that its name says.
    """
    file.seek(0)
    head = file.read(HEAD)
    extension = name.rpartition(".")[2].lower()
    found = _by_signature(head, file, extension)
    file.seek(0)
    if found is None:
        raise Invalid(
            _("“%(name)s”: this kind of file is not taken here. %(kinds)s")
            % {
                "name": name[:60],
                "kinds": _("Send a picture, a PDF, an Office document, a text or a zip archive."),
            }
        )
    return found


def _by_signature(head: bytes, file: BinaryIO, extension: str) -> str | None:
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    if head.startswith(b"PK\x03\x04"):
        return _archive(file)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return OLD_OFFICE.get(extension)
    return _picture(file) or _text(head, extension)


def directory_size(file: BinaryIO) -> int:
    """How many bytes an archive's list of entries takes, by its own last records; 0 without one.

    Python reads that list whole, and needs ten times as much for it. The records are found as
    Python finds them: else an archive could show one size here and another there.
    """
    file.seek(0, 2)
    file.seek(max(0, file.tell() - END_OF_ARCHIVE))
    tail = file.read()
    file.seek(0)
    bare = tail[-22:].startswith(LAST_RECORD) and tail.endswith(b"\x00\x00")
    place = len(tail) - 22 if bare else tail.rfind(LAST_RECORD)
    if place < 0:
        return 0
    size = int.from_bytes(tail[place + 12 : place + 16], "little")
    if place < 76 or not tail.startswith(LOCATOR, place - 20):
        return size
    return max(size, int.from_bytes(tail[place - 36 : place - 28], "little"))


def _archive(file: BinaryIO) -> str | None:
    if directory_size(file) > LARGEST_DIRECTORY:
        return None
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
    except zipfile.BadZipFile:
        return None
    if "[Content_Types].xml" not in names:
        return "application/zip"
    return next(
        (kind for start, kind in OFFICE.items() if any(n.startswith(start) for n in names)), None
    )


def _picture(file: BinaryIO) -> str | None:
    file.seek(0)
    try:
        with Image.open(file, formats=list(PICTURES)) as picture:
            return PICTURES[picture.format]
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
        return None


def _text(head: bytes, extension: str) -> str | None:
    """Text in UTF-8 or GB 18030, only under the two names that say so."""
    kinds = {"txt": "text/plain", "csv": "text/csv"}
    if extension not in kinds or b"\x00" in head:
        return None
    return kinds[extension]


def repainted(file: BinaryIO, name: str) -> tuple[bytes, str]:
    """A picture drawn anew, upright, without EXIF, at most 2,400 pixels long; and its type.

    Raises:
        Invalid: the picture is broken or unreasonably large.
    """
    file.seek(0)
    try:
        with Image.open(file, formats=list(PICTURES)) as source:
            if source.width * source.height > MOST_PIXELS:
                raise Invalid(
                    _("“%(name)s” is too large: at most 60 million pixels.") % {"name": name[:60]}
                )
            picture = ImageOps.exif_transpose(source)
            picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            return _encoded(picture)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise Invalid(
            _("“%(name)s” cannot be read as a picture. Take it again or save it anew.")
            % {"name": name[:60]}
        ) from None


def _encoded(picture: Image.Image) -> tuple[bytes, str]:
    from io import BytesIO

    out = BytesIO()
    if "A" in picture.getbands() or picture.mode == "P":
        picture.convert("RGBA").save(out, "PNG", optimize=True)
        return out.getvalue(), "image/png"
    picture.convert("RGB").save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue(), "image/jpeg"
