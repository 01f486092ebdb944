"""Runs MiniStack until standard input closes, then ends the process group.

The program that started this one holds the other end of standard input. When it ends, by Ctrl-C or by SIGKILL, the pipe
closes, and MiniStack and its functions end too.
"""

import asyncio
import datetime
import json
import os
import signal
import sys
import threading
import urllib.request


def end_with_parent():
    sys.stdin.buffer.read()
    os.killpg(0, signal.SIGKILL)


threading.Thread(target=end_with_parent, daemon=True).start()
sys.argv = ["ministack"]

from ministack.app import main  # noqa: E402  the thread starts before the slow import
import cbor2  # noqa: E402
from ministack.core import iam_actions  # noqa: E402
from ministack.services import cloudwatch, scheduler  # noqa: E402

# MiniStack 1.5.33 authorizes every request under /concurrency as PutFunctionConcurrency, which denies readers, and every
# request of one alias as ListAliases.
CONCURRENCY = {"GET": "GetFunctionConcurrency", "DELETE": "DeleteFunctionConcurrency"}
ALIAS = {"GET": "GetAlias", "PUT": "UpdateAlias", "DELETE": "DeleteAlias"}
lambda_action = iam_actions._lambda_action


def lambda_action_by_method(method, path):
    action = lambda_action(method, path)
    is_one_alias = action == "ListAliases" and not path.rstrip("/").endswith("/aliases")
    methods = CONCURRENCY if action == "PutFunctionConcurrency" else ALIAS if is_one_alias else {}
    return methods.get(method, action)


iam_actions._lambda_action = lambda_action_by_method

# MiniStack 1.5.33 authorizes every schedule as one of the group "default", whatever group the request names.
resource_arn = iam_actions.extract_resource_arn


def resource_arn_of_group(service, method, path, headers, body, *rest, **named):
    arn = resource_arn(service, method, path, headers, body, *rest, **named)
    if service != "scheduler" or not body:
        return arn
    group = json.loads(body).get("GroupName", "default")
    return arn.replace(":schedule/default/", f":schedule/{group}/")


iam_actions.extract_resource_arn = resource_arn_of_group

# MiniStack 1.5.33 authorizes a request that names a table by ResourceArn, such as ListTagsOfResource, for all tables.
table_arns = iam_actions.dynamodb_resource_arns


def table_arns_of_resource(body, *rest):
    named = json.loads(body or b"{}").get("ResourceArn")
    return [named] if named else table_arns(body, *rest)


iam_actions.dynamodb_resource_arns = table_arns_of_resource

# MiniStack 1.5.33 does not support GetMetricWidgetImage: the line draws the image, from MiniStack's metrics.
cloudwatch_request = cloudwatch.handle_request


def drawn(widget):
    with urllib.request.urlopen(os.environ["PICKET_LINE_WIDGETS"], data=widget.encode()) as answer:
        return answer.read()


async def cloudwatch_request_with_widgets(method, path, headers, body, query_params):
    if not path.endswith("/GetMetricWidgetImage"):
        return await cloudwatch_request(method, path, headers, body, query_params)
    try:
        widget = cbor2.loads(body)["MetricWidget"]
        image = await asyncio.to_thread(drawn, widget)
    except (KeyError, OSError, ValueError) as error:
        return cloudwatch._error("InvalidParameterValue", str(error), 400, use_cbor=True)
    return cloudwatch._cbor_ok({"MetricWidgetImage": image})


cloudwatch.handle_request = cloudwatch_request_with_widgets

# MiniStack 1.5.33 evaluates alarms at each datapoint, without periods and M of N, and so overwrites the states that the
# line's evaluator sets. DescribeAlarms, which the remediator reads, returns the evaluator's.
cloudwatch._evaluate_alarm = lambda alarm: None

# SetAlarmState has no time. The line's clock may be that of a story, and the evaluator's reason data has its time.
cbor_alarm = cloudwatch._cbor_alarm


def cbor_alarm_with_transition(alarm):
    encoded = cbor_alarm(alarm)
    reason_data = json.loads(alarm.get("StateReasonData") or "{}")
    if "queryDate" in reason_data:
        changed_at = datetime.datetime.strptime(reason_data["queryDate"], "%Y-%m-%dT%H:%M:%S.%f%z")
        encoded["StateTransitionedTimestamp"] = cbor2.CBORTag(1, changed_at.timestamp())
    return encoded


cloudwatch._cbor_alarm = cbor_alarm_with_transition

# MiniStack 1.5.33 looks for due schedules every ten seconds; the demo and its test wait for each of them.
scheduler._SCHEDULE_TICK_INTERVAL = 1

main()
