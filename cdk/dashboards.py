"""The one dashboard: what a person looks at first, from the client's side down to the stores."""

from collections.abc import Iterable

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from cdk.catalog import FUNCTIONS
from cdk.specs import Consumer, Routes
from cdk.stage_config import StageConfig
from paycore.events.envelope import TOPICS

MINUTE = Duration.minutes(1)
# The first parts of the keys of paycore.cache_entries and paycore.caller.
CACHED = ("session", "api_key", "user", "wallet", "transaction")
WIDTH = 12


def create_dashboard(scope: Construct, config: StageConfig, alarms: list[cloudwatch.IAlarm]) -> None:
    """Rows: alarms, API, functions, caches, ledger database and event log."""
    dashboard = cloudwatch.Dashboard(
        scope, "Dashboard", dashboard_name=f"paycore-{config.name}", default_interval=Duration.hours(3)
    )
    dashboard.add_widgets(cloudwatch.AlarmStatusWidget(alarms=alarms, title="Alarms", width=2 * WIDTH))
    dashboard.add_widgets(*api_widgets(config))
    dashboard.add_widgets(*function_widgets(config))
    dashboard.add_widgets(*cache_widgets(config))
    dashboard.add_widgets(*store_widgets(config))


def metric(
    namespace: str, name: str, dimensions: dict[str, str], statistic: str = "Sum", label: str | None = None
) -> cloudwatch.Metric:
    """One line of a graph."""
    return cloudwatch.Metric(
        namespace=namespace,
        metric_name=name,
        dimensions_map=dimensions,
        statistic=statistic,
        period=MINUTE,
        label=label,
    )


def graph(title: str, metrics: Iterable[cloudwatch.IMetric]) -> cloudwatch.GraphWidget:
    """One graph, half a row wide."""
    return cloudwatch.GraphWidget(title=title, left=list(metrics), width=WIDTH)


def api_widgets(config: StageConfig) -> list[cloudwatch.IWidget]:
    """What clients see."""
    api = {"ApiName": f"paycore-{config.name}"}
    counts = [metric("AWS/ApiGateway", name, api) for name in ("Count", "4XXError", "5XXError")]
    times = [metric("AWS/ApiGateway", "Latency", api, statistic, statistic) for statistic in ("p50", "p95", "p99")]
    return [graph("API: requests and errors", counts), graph("API: latency in ms", times)]


def function_widgets(config: StageConfig) -> list[cloudwatch.IWidget]:
    """Each function's errors and how long it takes."""
    names = [(spec.name, {"FunctionName": spec.function_name(config.name)}) for spec in FUNCTIONS]
    errors = [metric("AWS/Lambda", "Errors", dimensions, label=name) for name, dimensions in names]
    times = [metric("AWS/Lambda", "Duration", dimensions, "p95", name) for name, dimensions in names]
    return [graph("Functions: errors", errors), graph("Functions: p95 duration in ms", times)]


def cache_widgets(config: StageConfig) -> list[cloudwatch.IWidget]:
    """What part of the requests that ask a cache it answers, by what it holds: from the logs of requests."""
    shares = (f"100 * avg(cached.{held}) as {held}_percent" for held in CACHED)
    groups = [spec.log_group_name(config.name) for spec in FUNCTIONS if isinstance(spec.trigger, Routes)]
    return [
        cloudwatch.LogQueryWidget(
            title="Caches: hits in percent",
            log_group_names=groups,
            query_lines=['filter message = "request"', f"stats {', '.join(shares)} by bin(5m)"],
            view=cloudwatch.LogQueryVisualizationType.LINE,
            width=2 * WIDTH,
        )
    ]


def store_widgets(config: StageConfig) -> list[cloudwatch.IWidget]:
    """The proxy's connections, and how far the consumers are behind."""
    proxy = {"ProxyName": f"paycore-{config.name}"}
    connections = [
        metric("AWS/RDS", name, proxy, "Maximum")
        for name in ("ClientConnections", "DatabaseConnections", "DatabaseConnectionsCurrentlySessionPinned")
    ]
    lags = [
        metric(
            "AWS/Kafka",
            "SumOffsetLag",
            {
                "Cluster Name": f"paycore-{config.name}",
                "Consumer Group": spec.consumer_group(topic),
                "Topic": topic,
            },
            "Maximum",
            f"{spec.service} {topic}",
        )
        for spec in FUNCTIONS
        if isinstance(spec.trigger, Consumer)
        for topic in TOPICS
    ]
    return [graph("RDS Proxy: connections", connections), graph("Kafka: records behind", lags)]
