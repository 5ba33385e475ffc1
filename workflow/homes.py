"""Where things lie under MUNIMENT_HOME: the one place for local paths."""

import math
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Home:
    """The folder of one installation."""

    folder: Path

    def make(self) -> None:
        """Makes the folder where it is absent, for its owner alone: hidden items lie in it, too."""
        if not self.folder.exists():
            self.folder.mkdir(parents=True, mode=0o700)

    @property
    def run_file(self) -> Path:
        """Addresses, keys and process ids of the running services (mode 600)."""
        return self.folder / "run.json"

    @property
    def store(self) -> Path:
        """Volumes of the embedded object store."""
        return self.folder / "store"

    @property
    def prefect(self) -> Path:
        """Prefect's own files; they can be thrown away when nothing runs."""
        return self.folder / "prefect"

    @property
    def derived(self) -> Path:
        """Access copies and texts, by the digest of what they were made from."""
        return self.folder / "derived"

    @property
    def manifests(self) -> Path:
        """IIIF manifests, one file an item."""
        return self.folder / "manifests"

    @property
    def cache(self) -> Path:
        """Verified copies of stored files, and PDFs made on request."""
        return self.folder / "cache"

    @property
    def work(self) -> Path:
        """Packages under construction; empty when nothing runs."""
        return self.folder / "work"

    @property
    def wanted(self) -> Path:
        """Ids of items whose access copies are to be made again."""
        return self.folder / "wanted"

    @property
    def approved(self) -> Path:
        """Ids of batches whose drafts are to be published; each file names the agent who asked."""
        return self.folder / "approved"

    @property
    def withdrawn(self) -> Path:
        """Ids of items whose withdrawal the stores may not all know of; each file says who withdrew it and why."""
        return self.folder / "withdrawn"

    @property
    def intents(self) -> Path:
        """Ids of items of which a version is being written; each file names the store that gets it first."""
        return self.folder / "intents"

    @property
    def shipped(self) -> Path:
        """How much of the event chain each store was seen to have: a file a store, with its id and a number."""
        return self.folder / "shipped"

    @property
    def parked(self) -> Path:
        """Ids of batches that failed for want of a store; they are taken up again when one answers."""
        return self.folder / "parked"

    @property
    def leases(self) -> Path:
        """Lock files: a batch whose lock is held is being worked on by a living process."""
        return self.folder / "leases"

    @property
    def heartbeat(self) -> Path:
        """Touched by the worker every two seconds."""
        return self.folder / "worker.heartbeat"

    @property
    def worker_silence(self) -> float:
        """Seconds since the worker was last seen; endless when it never was."""
        try:
            return time.time() - self.heartbeat.stat().st_mtime
        except FileNotFoundError:
            return math.inf

    @property
    def heartbeat_trouble(self) -> Path:
        """Why the watch service did not hear of the last audit; absent when it did."""
        return self.folder / "heartbeat.trouble"

    @property
    def tessdata(self) -> Path:
        """All language models in one folder, as Tesseract wants them."""
        return self.folder / "tessdata"

    @property
    def logs(self) -> Path:
        """What the services print."""
        return self.folder / "logs"

    @property
    def first_password(self) -> Path:
        """The first administrator's password, until the first login."""
        return self.folder / "first-password"

    @property
    def demo(self) -> Path:
        """Holds the id of the samples' batch; empty once they were taken out."""
        return self.folder / "demo"

    @property
    def secrets(self) -> Path:
        """Keys made at the first start (mode 600)."""
        return self.folder / "secrets.json"

    def derived_folder(self, key: str) -> Path:
        """Where the access copy, thumbnail and text of one page image lie."""
        return self.derived / key[:2] / key
