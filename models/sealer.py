"""A thread that seals the audit trail every few seconds while the server runs."""

from __future__ import annotations

import logging
import threading

from models.audit_chain import seal
from models.db import Database

log = logging.getLogger(__name__)


class Sealer:
    """Seals what was committed, every `interval` seconds, from `start` until `stop`.  One a process is enough."""

    def __init__(self, database: Database, interval: float = 5.0) -> None:
        self._database = database
        self._interval = interval
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin; does nothing when it runs already."""
        if self._thread is not None and self._thread.is_alive():
            return
        self._stopped.clear()
        self._thread = threading.Thread(target=self._run, name="audit-sealer", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Seal what is left and end."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        while not self._stopped.wait(self._interval):
            self._seal()
        self._seal()

    def _seal(self) -> None:
        try:
            seal(self._database)
        except Exception:  # the next round tries again; until then entries are only not sealed yet
            log.exception("the audit trail could not be sealed")
