"""What an S3 endpoint's refusal means in our own errors."""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from core.errors import ChecksumMismatchError, ConflictError, ObjectNotFoundError, StorageError, StoreUnavailableError

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

_BAD_BYTES = ("BadDigest", "InvalidDigest", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch")


class TakenError(ConflictError):
    """The condition of a write did not hold; stays inside the room."""


@dataclass(frozen=True, slots=True)
class SdkErrors:
    """The SDK's errors by what they mean: an answer that refuses, no answer, and settings that cannot be used."""

    refused: type["ClientError"]
    silent: tuple[type[Exception], ...]
    unusable: type[Exception]


@cache
def sdk_errors() -> SdkErrors:
    """The classes to catch; the SDK is imported by the first call."""
    from botocore.exceptions import (
        BotoCoreError,
        ClientError,
        ConnectionError,
        HTTPClientError,
        IncompleteReadError,
    )
    from botocore.parsers import ResponseParserError
    from urllib3.exceptions import HTTPError

    # The last two escape from the SDK when the answer that tells of an error is itself cut off or garbled.
    silent = (HTTPClientError, ConnectionError, IncompleteReadError, HTTPError, ResponseParserError)
    return SdkErrors(ClientError, silent, BotoCoreError)


def translate(error: "ClientError", store: str, key: str) -> StorageError:
    """Our error for this answer: not found, taken, other bytes, away (worth another try), or refused for good."""
    code = str(error.response.get("Error", {}).get("Code", ""))
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code == "NoSuchBucket":
        return StorageError(f'The bucket of the store "{store}" does not exist: create it, or correct its name.')
    if status == 404:
        return ObjectNotFoundError(store, key)
    if status == 412:
        return TakenError(f'"{key}" in the store "{store}" is taken: try again.')
    if code in _BAD_BYTES:
        return ChecksumMismatchError(f"{store}: {key}", expected="that was sent", found="another one on arrival")
    if status in (408, 409, 429) or status >= 500:
        return StoreUnavailableError(f'The store "{store}" failed over "{key}" ({code or status}): try again later.')
    if status in (401, 403):
        return StorageError(f'The store "{store}" refuses "{key}" ({code}): check its keys and their permissions.')
    return StorageError(f'The store "{store}" refuses "{key}" ({code or status}): run `muniment doctor`.')
