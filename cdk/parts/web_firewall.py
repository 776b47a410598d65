"""The firewall in front of the API: it stops an address that asks far more often than any policy allows.

Not on the simulated processor's paths: all payments ask it from the one or few addresses of our own NAT gateways.
"""

from aws_cdk import Stack
from aws_cdk import aws_wafv2 as waf
from constructs import Construct

# The shortest window that AWS WAF offers, and the one that our limits are stated in.
WINDOW_SECONDS = 60

# Counted, not blocked: a block must be explainable, and a managed list is not.
OBSERVED_LISTS = ("AWSManagedRulesAmazonIpReputationList", "AWSManagedRulesKnownBadInputsRuleSet")


class WebFirewall(Construct):
    """One rate rule per source address, on every path that does not begin with `uncounted`."""

    def __init__(self, scope: Construct, stage_arn: str, requests_per_minute: int, uncounted: str) -> None:
        super().__init__(scope, "WebFirewall")
        self.name = f"{Stack.of(self).stack_name}-firewall"
        acl = waf.CfnWebACL(
            self,
            "Acl",
            name=self.name,
            scope="REGIONAL",
            default_action=waf.CfnWebACL.DefaultActionProperty(allow={}),
            visibility_config=self._visibility("all"),
            rules=[self._rate_rule(requests_per_minute, uncounted), *self._observed_rules()],
        )
        waf.CfnWebACLAssociation(self, "Association", resource_arn=stage_arn, web_acl_arn=acl.attr_arn)

    def _rate_rule(self, requests_per_minute: int, uncounted: str) -> waf.CfnWebACL.RuleProperty:
        return waf.CfnWebACL.RuleProperty(
            name="rate-per-address",
            priority=0,
            action=waf.CfnWebACL.RuleActionProperty(block={}),
            statement=waf.CfnWebACL.StatementProperty(
                rate_based_statement=waf.CfnWebACL.RateBasedStatementProperty(
                    limit=requests_per_minute,
                    evaluation_window_sec=WINDOW_SECONDS,
                    aggregate_key_type="IP",
                    scope_down_statement=_all_but(uncounted),
                )
            ),
            visibility_config=self._visibility("rate-per-address"),
        )

    def _observed_rules(self) -> list[waf.CfnWebACL.RuleProperty]:
        return [
            waf.CfnWebACL.RuleProperty(
                name=name,
                priority=priority,
                override_action=waf.CfnWebACL.OverrideActionProperty(count={}),
                statement=waf.CfnWebACL.StatementProperty(
                    managed_rule_group_statement=waf.CfnWebACL.ManagedRuleGroupStatementProperty(
                        vendor_name="AWS", name=name
                    )
                ),
                visibility_config=self._visibility(name),
            )
            for priority, name in enumerate(OBSERVED_LISTS, start=1)
        ]

    def _visibility(self, metric: str) -> waf.CfnWebACL.VisibilityConfigProperty:
        # Sampled requests would show headers, and so tokens, in the console.
        return waf.CfnWebACL.VisibilityConfigProperty(
            cloud_watch_metrics_enabled=True, metric_name=metric, sampled_requests_enabled=False
        )


def _all_but(path_start: str) -> waf.CfnWebACL.StatementProperty:
    """Every path that does not begin so, as the client wrote it."""
    starts_so = waf.CfnWebACL.ByteMatchStatementProperty(
        field_to_match=waf.CfnWebACL.FieldToMatchProperty(uri_path={}),
        positional_constraint="STARTS_WITH",
        search_string=path_start,
        text_transformations=[waf.CfnWebACL.TextTransformationProperty(priority=0, type="NONE")],
    )
    statement = waf.CfnWebACL.StatementProperty(byte_match_statement=starts_so)
    return waf.CfnWebACL.StatementProperty(not_statement=waf.CfnWebACL.NotStatementProperty(statement=statement))
