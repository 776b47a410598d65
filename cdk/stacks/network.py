"""The network stack: a private network per stage; what must reach the outside goes through NAT."""

from aws_cdk import CfnRule, CfnRuleAssertion, Fn, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_logs as logs
from constructs import Construct

from cdk.stage_config import StageConfig


class NetworkStack(Stack):
    """The VPC, its endpoints and the security group of all functions."""

    def __init__(self, scope: Construct, config: StageConfig) -> None:
        super().__init__(
            scope,
            f"paycore-{config.name}-network",
            description="Paycore: private network",
            termination_protection=config.deletion_protection,
        )
        self._zones = config.availability_zones
        if not config.has_own_domain:
            self._refuse_deployment(config.domain)
        self.vpc = self._create_vpc(config)
        self.function_security_group = ec2.SecurityGroup(
            self,
            "FunctionSecurityGroup",
            vpc=self.vpc,
            description="Paycore functions: nothing comes in, calls go out to the data stores and AWS",
        )
        # S3 holds the functions' code and layers' history: free, and keeps that traffic off the NAT gateway.
        self.vpc.add_gateway_endpoint("S3", service=ec2.GatewayVpcEndpointAwsService.S3)
        for service in config.interface_endpoints:
            self._add_interface_endpoint(service)

    @property
    def availability_zones(self) -> list[str]:
        """The region's first zones, chosen at deployment: a look-up would need an account at synthesis."""
        return [Fn.select(index, Fn.get_azs()) for index in range(self._zones)]

    def _refuse_deployment(self, domain: str) -> None:
        """CloudFormation reads rules before it creates anything, and this is the first stack of a stage."""
        never = Fn.condition_equals(domain, "a domain of its own")
        text = "The stage has no domain of its own: make deploy STAGE=dev DOMAIN=pay.your.org"
        CfnRule(self, "OwnDomain", assertions=[CfnRuleAssertion(assert_=never, assert_description=text)])

    def _create_vpc(self, config: StageConfig) -> ec2.Vpc:
        vpc = ec2.Vpc(
            self,
            "Vpc",
            ip_addresses=ec2.IpAddresses.cidr("10.0.0.0/16"),
            availability_zones=self.availability_zones,
            nat_gateways=config.nat_gateways,
            restrict_default_security_group=False,
            subnet_configuration=[
                ec2.SubnetConfiguration(
                    name="public",
                    subnet_type=ec2.SubnetType.PUBLIC,
                    cidr_mask=24,
                    map_public_ip_on_launch=False,
                ),
                ec2.SubnetConfiguration(name="functions", subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS, cidr_mask=20),
                ec2.SubnetConfiguration(name="data", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED, cidr_mask=24),
            ],
        )
        group = logs.LogGroup(self, "FlowLogGroup", retention=config.log_retention)
        vpc.add_flow_log(
            "FlowLog",
            destination=ec2.FlowLogDestination.to_cloud_watch_logs(group),
            traffic_type=ec2.FlowLogTrafficType.REJECT,
        )
        return vpc

    def _add_interface_endpoint(self, service: str) -> None:
        group = ec2.SecurityGroup(
            self,
            f"EndpointSecurityGroup-{service}",
            vpc=self.vpc,
            description=f"Endpoint of {service}: reached by the functions",
            allow_all_outbound=False,
        )
        group.add_ingress_rule(self.function_security_group, ec2.Port.tcp(443), "functions")
        self.vpc.add_interface_endpoint(
            f"Endpoint-{service}",
            service=ec2.InterfaceVpcEndpointAwsService(service),
            security_groups=[group],
            open=False,
        )
