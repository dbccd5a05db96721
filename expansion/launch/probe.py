"""Asks the web server of this container whether it is well: `python -m expansion.launch.probe`."""

import os
import sys
import urllib.error
import urllib.request


def main() -> int:
    _, _, port = os.environ.get("BIND", "0.0.0.0:8000").rpartition(":")
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip().lstrip(".")
    request = urllib.request.Request(f"http://127.0.0.1:{port}/healthz/", headers={"Host": host})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310 - loopback
            print(answer.read().decode())
            return 0
    except urllib.error.HTTPError as answer:
        print(answer.read().decode())
    except OSError as reason:
        print(reason)
    return 1


if __name__ == "__main__":
    sys.exit(main())
