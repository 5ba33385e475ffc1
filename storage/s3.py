"""The store behind any S3 endpoint: create-only, checksummed, and never believing an answer that got lost.

The SDK's own retries are off. A conditional write whose answer is lost may have happened, so we look instead of
sending again. Objects are sent in one PUT, which S3 limits to 5 GB each.
"""

import base64
import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TypeVar

from core.errors import ConflictError, ObjectExistsError, ObjectNotFoundError, StorageError, StoreUnavailableError
from core.fixity import Digests
from storage.checksums import CHUNK, digest_bytes, digest_chunks
from storage.s3_client import S3Access, make_client
from storage.s3_errors import TakenError, sdk_errors, translate
from storage.stores import NO_TERMS, Listed, Role, Terms, safe_key

__all__ = ["S3Access", "S3Store"]

T = TypeVar("T")
ATTEMPTS = 4
LARGEST = 5_000_000_000


class S3Store:
    """A bucket, or what lies under a prefix of it. Safe to share between threads, not between processes.

    `local` says that the endpoint is the embedded one, so that a barrier can flush this machine's disks.
    """

    def __init__(
        self,
        access: S3Access,
        *,
        name: str,
        role: Role = Role.REQUIRED,
        terms: Terms = NO_TERMS,
        prefix: str = "",
        local: bool = False,
    ) -> None:
        self.name = name
        self.role = role
        self.terms = terms
        self.bucket = access.bucket
        self.prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self.local = local
        self.client = make_client(access)
        self.place = f"the bucket {access.bucket} at {self.client.meta.endpoint_url}"

    def put_file(self, key: str, source: Path, digests: Digests) -> bool:
        """See `Store.put_file`; the endpoint compares the SHA-256."""
        if digests.size > LARGEST:
            raise StorageError(f'"{source}" is larger than 5 GB, the limit of one S3 upload: split it.')
        return self._create(key, lambda: _open_source(source), digests)

    def put_bytes(self, key: str, data: bytes) -> bool:
        """See `Store.put_bytes`."""
        return self._create(key, lambda: data, digest_bytes(data))

    def copy(self, source_key: str, key: str, digests: Digests, *, fresh: bool = False) -> bool:
        """See `Store.copy`. S3 has no create-only copy everywhere: racing writers must write the same bytes."""
        for attempt in range(ATTEMPTS):
            if not (fresh and attempt == 0) and (held := self._held(key)) is not None:
                return self._same_or_refuse(key, held, digests)
            try:
                source = {"Bucket": self.bucket, "Key": self._full(source_key)}
                with self._wall(source_key):
                    self.client.copy_object(Bucket=self.bucket, Key=self._full(key), CopySource=source)  # type: ignore[arg-type]
                return True
            except StoreUnavailableError:
                _pause_or_give_up(attempt)
        raise AssertionError("the loop returns or raises")

    def replace(self, key: str, data: bytes, *, expected: bytes | None) -> bool:
        """See `Store.replace`; by If-Match on the ETag of exactly the bytes expected, or If-None-Match for none."""
        for attempt in range(ATTEMPTS):
            # Where nothing is expected, the condition itself tells whether something is there.
            standing, tag = (None, "") if expected is None and not attempt else self._tagged(key)
            if standing == data:
                return False
            if standing != expected:
                raise ConflictError(f'"{key}" in the store "{self.name}" was changed meanwhile: try again.')
            try:
                self._put(key, data, digest_bytes(data), {"IfMatch": tag} if tag else {"IfNoneMatch": "*"})
                return True
            except (TakenError, StoreUnavailableError):
                _pause_or_give_up(attempt)
        raise AssertionError("the loop returns or raises")

    def read(self, key: str) -> Iterator[bytes]:
        """See `Store.read`; one GET without a range. The caller compares digests."""
        with self._wall(key):
            body = self.client.get_object(Bucket=self.bucket, Key=self._full(key))["Body"]
            with body:
                yield from body.iter_chunks(CHUNK)

    def get(self, key: str) -> bytes:
        """See `Store.get`; tried again when the store does not answer."""
        return _persist(lambda: b"".join(self.read(key)))

    def size(self, key: str) -> int | None:
        """See `Store.size`."""

        def ask() -> int | None:
            try:
                with self._wall(key):
                    return self.client.head_object(Bucket=self.bucket, Key=self._full(key))["ContentLength"]
            except ObjectNotFoundError:
                return None

        return _persist(ask)

    def listing(self, prefix: str) -> Iterator[Listed]:
        """See `Store.listing`."""
        with self._wall(prefix):
            pages = self.client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self.bucket, Prefix=self.prefix + prefix):
                for entry in page.get("Contents", ()):
                    yield Listed(entry["Key"].removeprefix(self.prefix), entry["Size"])

    def delete(self, key: str) -> None:
        """See `Store.delete`."""

        def remove() -> None:
            with self._wall(key):
                self.client.delete_object(Bucket=self.bucket, Key=self._full(key))

        _persist(remove)

    def barrier(self) -> None:
        """Flushes this machine's disks when the endpoint is the embedded one, which does not flush by itself."""
        if self.local:
            os.sync()

    def _create(self, key: str, body: Callable[[], bytes | BinaryIO], digests: Digests) -> bool:
        for attempt in range(ATTEMPTS):
            try:
                self._put(key, body(), digests, {"IfNoneMatch": "*"})
                return True
            except (TakenError, StoreUnavailableError):
                held = self._held(key)
                if held is not None:
                    return self._same_or_refuse(key, held, digests)
                _pause_or_give_up(attempt)
        raise AssertionError("the loop returns or raises")

    def _put(self, key: str, body: bytes | BinaryIO, digests: Digests, condition: dict[str, str]) -> None:
        checksum = base64.b64encode(bytes.fromhex(digests.sha256)).decode()
        try:
            with self._wall(key):
                self.client.put_object(
                    Bucket=self.bucket,
                    Key=self._full(key),
                    Body=body,
                    ContentLength=digests.size,
                    ChecksumSHA256=checksum,
                    **condition,  # type: ignore[arg-type]
                )
        finally:
            if not isinstance(body, bytes):
                body.close()

    def _held(self, key: str) -> str | None:
        """The SHA-256 of what is at the key, by a full read; None when nothing is."""
        try:
            return _persist(lambda: digest_chunks(self.read(key), ("sha256",)).sha256)
        except ObjectNotFoundError:
            return None

    def _same_or_refuse(self, key: str, held: str, digests: Digests) -> bool:
        if held != digests.sha256:
            raise ObjectExistsError(self.name, key)
        return False

    def _tagged(self, key: str) -> tuple[bytes | None, str]:
        def ask() -> tuple[bytes | None, str]:
            with self._wall(key):
                answer = self.client.get_object(Bucket=self.bucket, Key=self._full(key))
                with answer["Body"] as body:
                    return body.read(), answer["ETag"]

        try:
            return _persist(ask)
        except ObjectNotFoundError:
            return None, ""

    @contextmanager
    def _wall(self, key: str) -> Iterator[None]:
        """Our own errors instead of the SDK's."""
        sdk = sdk_errors()
        try:
            yield
        except sdk.refused as error:
            raise translate(error, self.name, key) from error
        except sdk.silent as error:
            sentence = f'The store "{self.name}" ({self.place}) does not answer over "{key}"'
            raise StoreUnavailableError(f"{sentence}: see that it runs, then try again.") from error
        except sdk.unusable as error:
            raise StorageError(f'The store "{self.name}" cannot be used ({error}): check its settings.') from error

    def _full(self, key: str) -> str:
        return self.prefix + safe_key(key)


def _persist(ask: Callable[[], T]) -> T:
    """The answer of a question that changes nothing, asked again while the store does not answer."""
    for attempt in range(ATTEMPTS):
        try:
            return ask()
        except StoreUnavailableError:
            _pause_or_give_up(attempt)
    raise AssertionError("the loop returns or raises")


def _pause_or_give_up(attempt: int) -> None:
    """A pause that grows with the attempts; after the last the error in hand is raised again."""
    if attempt == ATTEMPTS - 1:
        raise  # the caller is handling an error
    time.sleep(0.1 * 2**attempt * (1 + random.random()))  # noqa: S311  spreads retries, guards nothing


def _open_source(source: Path) -> BinaryIO:
    try:
        return source.open("rb")
    except OSError as error:
        raise StorageError(f'The file "{source}" cannot be read ({error.strerror}): copy it again.') from error
