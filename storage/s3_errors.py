"""What an S3 endpoint's refusal means in our own errors."""

from botocore.exceptions import ClientError

from core.errors import ChecksumMismatchError, ConflictError, ObjectNotFoundError, StorageError, StoreUnavailableError

_BAD_BYTES = ("BadDigest", "InvalidDigest", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch")


class TakenError(ConflictError):
    """The condition of a write did not hold; stays inside the room."""


def translate(error: ClientError, store: str, key: str) -> StorageError:
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
