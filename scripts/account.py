"""Checks, before anything is built, that `sam deploy` will find a Region and credentials, as it looks for them.

Prints the account, the Region and the identity. Otherwise one sentence, and exit status 1.
"""

import os
import sys

# The metadata service of EC2 is the last place that is tried; elsewhere it does not answer, and the wait is short.
os.environ.setdefault("AWS_METADATA_SERVICE_TIMEOUT", "1")
os.environ.setdefault("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "1")

import botocore.config
import botocore.exceptions
import botocore.session

CREDENTIALS = (
    "no credentials: name a profile (export AWS_PROFILE=…), sign in (aws sso login, aws login), or set "
    "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
)
REGION = "no Region: export AWS_REGION=eu-west-1, or give the profile one (aws configure set region eu-west-1)"
# Seconds; the answer takes a fraction of one.
PATIENCE = 5


def problem():
    """What is missing, in a sentence; without, prints whose account it is."""
    session = botocore.session.Session()
    profile = session.get_config_variable("profile")
    if profile and profile not in session.available_profiles:
        return f"no profile {profile}: AWS_PROFILE names none of ~/.aws/config (aws configure list-profiles)"
    region = os.environ.get("AWS_REGION") or session.get_config_variable("region")
    credentials = session.get_credentials()
    missing = [sentence for sentence, value in ((CREDENTIALS, credentials), (REGION, region)) if not value]
    if missing:
        return "\n".join(missing)
    config = botocore.config.Config(connect_timeout=PATIENCE, read_timeout=PATIENCE, retries={"total_max_attempts": 1})
    identity = session.create_client("sts", region_name=region, config=config).get_caller_identity()
    print(f"Account {identity['Account']}, Region {region}, as {identity['Arn']}", flush=True)
    return None


def main():
    """Exit status 1 with a sentence where the deployment would fail."""
    try:
        sentence = problem()
    except botocore.exceptions.ClientError as error:
        answer = error.response["Error"]
        sentence = f"AWS rejects the credentials ({answer['Code']}): {answer['Message']}"
    except (botocore.exceptions.EndpointConnectionError, botocore.exceptions.ConnectTimeoutError) as error:
        sentence = f"AWS cannot be reached: {error}"
    except botocore.exceptions.BotoCoreError as error:
        # Of a profile that is incomplete, or whose sign-in has expired; botocore says which.
        sentence = f"the credentials cannot be read: {error}"
    if sentence:
        sys.exit(f"{sentence}\nNothing was built.")


main()
