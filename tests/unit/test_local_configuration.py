"""The local system's ports and folders, as the environment moves them."""

import pytest

from local.configuration import REPOSITORY, load


class TestLoad:
    def test_the_defaults_lie_in_the_repository_and_on_known_ports(self) -> None:
        configuration = load({})
        assert configuration.home == REPOSITORY / ".local"
        assert configuration.ports.gateway == 8000
        assert configuration.ports.postgres == 25432

    def test_a_shift_moves_every_port_that_is_not_set_itself(self) -> None:
        ports = load({"PAYCORE_PORT_SHIFT": "1000", "PAYCORE_PORT_REDIS": "7000"}).ports
        assert (ports.gateway, ports.kafka_controller, ports.redis) == (9000, 30093, 7000)

    def test_a_home_elsewhere_is_taken_as_it_is(self) -> None:
        assert str(load({"PAYCORE_HOME": "/srv/paycore"}).home) == "/srv/paycore"

    def test_a_child_process_reads_the_same_configuration(self) -> None:
        configuration = load({"PAYCORE_HOME": ".local-test", "PAYCORE_PORT_SHIFT": "3000"})
        assert load(configuration.environment()) == configuration

    def test_refuses_a_port_that_no_machine_has(self) -> None:
        with pytest.raises(ValueError, match="kafka"):
            load({"PAYCORE_PORT_KAFKA": "65536"})
