"""The bytes behind a row: a file that is gone from the disk is said so, never a fault."""

import logging

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from expansion.errors import Missing

logger = logging.getLogger(__name__)


def open_stored(key: str) -> File:
    """The stored bytes, to be read.

    Raises:
        Missing: the folder of uploads does not hold them any more; the log names the key.
    """
    try:
        return default_storage.open(key, "rb")
    except FileNotFoundError as gone:
        logger.error("The folder of uploads does not hold %s any more.", key)
        sentence = _("The file is not where it was kept. The administrator can bring it back.")
        raise Missing(sentence) from gone
