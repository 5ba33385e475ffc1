"""How to reach an S3 endpoint: address, credentials, and the client with its limits.

The SDK is imported when the first client is made: most commands only need to know that there is an address.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.errors import ConfigurationError
from storage.s3_errors import sdk_errors

if TYPE_CHECKING:
    from botocore.session import Session
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True, slots=True)
class S3Access:
    """Where an S3 endpoint is and how to enter; what is empty the SDK finds by itself (AWS variables, profiles).

    `profile` names one of the standard AWS profile files' profiles; then the AWS variables count for nothing.
    """

    endpoint: str
    access_key: str
    secret_key: str = field(repr=False)
    bucket: str = "muniment"
    region: str = "us-east-1"
    profile: str = ""


def load_sdk() -> None:
    """Nothing; the SDK is imported, so that the first client of whoever is forked from here does not wait for it."""
    import boto3.session  # noqa: F401

    sdk_errors()


def make_client(access: S3Access) -> "S3Client":
    """A client that never waits for ever and never repeats a request by itself.

    A damaged object of the embedded store takes up to half a minute to answer: the time to read is twice that.

    Raises:
        ConfigurationError: the profile is not in the AWS files, or does not say what is needed.
    """
    import boto3
    import botocore.session
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError

    try:
        session = botocore.session.Session(profile=access.profile or None)
        endpoint, region = _of_profile(session) if access.profile else ("", "")
        return boto3.session.Session(botocore_session=session).client(
            "s3",
            endpoint_url=access.endpoint or endpoint or None,
            region_name=access.region or region or None,
            aws_access_key_id=access.access_key or None,
            aws_secret_access_key=access.secret_key or None,
            config=Config(
                connect_timeout=5,
                read_timeout=60,
                retries={"total_max_attempts": 1},
                max_pool_connections=16,
                s3={"addressing_style": "path"},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                ignore_configured_endpoint_urls=bool(access.profile),  # type: ignore[call-arg]  # the stubs lack it
            ),
        )
    except BotoCoreError as error:
        which = f'The AWS profile "{access.profile}"' if access.profile else "The AWS settings of a store"
        raise ConfigurationError(f"{which} cannot be used ({error}): see ~/.aws/config and MUNIMENT_STORES.") from error


def _of_profile(session: "Session") -> tuple[str, str]:
    """The endpoint and region that the profile itself names; the SDK would let the AWS variables go first."""
    own: dict[str, Any] = session.get_scoped_config()
    services = session.full_config.get("services", {}).get(own.get("services"), {})
    endpoint = services.get("s3", {}).get("endpoint_url") or own.get("endpoint_url") or ""
    return str(endpoint), str(own.get("region") or "us-east-1")
