"""Secrets come out as Secrets Manager would generate them from the template's recipe."""

import json
import string
from pathlib import Path

import pytest

from local.configuration import load
from local.secrets import ensure_secrets, generate
from local.template import Template


def template(**secrets: object) -> Template:
    resources = {
        f"Secret{number}": {
            "Type": "AWS::SecretsManager::Secret",
            "Properties": {"Name": name, "GenerateSecretString": recipe},
        }
        for number, (name, recipe) in enumerate(secrets.items())
    }
    return Template({"data": {"Resources": resources}})


DATABASE = {"SecretStringTemplate": '{"username":"migrate"}', "GenerateStringKey": "password"}


class TestGenerate:
    def test_is_32_characters_of_every_type_by_default(self) -> None:
        password = generate({})
        kinds = (string.ascii_lowercase, string.ascii_uppercase, string.digits, string.punctuation)
        assert len(password) == 32
        assert all(set(kind) & set(password) for kind in kinds)

    def test_leaves_out_what_the_recipe_excludes(self) -> None:
        recipe = {"PasswordLength": 400, "ExcludePunctuation": True, "ExcludeCharacters": "0O1l"}
        password = generate(recipe)
        assert len(password) == 400
        assert not set(password) & set("0O1l" + string.punctuation)

    def test_puts_the_password_into_the_template(self) -> None:
        secret = json.loads(generate({**DATABASE, "PasswordLength": 30}))
        assert secret["username"] == "migrate"
        assert len(secret["password"]) == 30

    def test_never_generates_the_same_twice(self) -> None:
        assert generate({}) != generate({})

    def test_refuses_a_length_that_cannot_hold_every_required_type(self) -> None:
        with pytest.raises(ValueError, match="3 characters"):
            generate({"PasswordLength": 3})


class TestEnsureSecrets:
    def test_keeps_what_exists_and_lets_only_the_owner_read(self, tmp_path: Path) -> None:
        configuration = load({"PAYCORE_HOME": str(tmp_path)})
        declared = template(**{"paycore/dev/database": DATABASE})
        ensure_secrets(configuration, declared)
        file = configuration.secrets / "database"
        first = file.read_text()
        ensure_secrets(configuration, declared)
        assert file.read_text() == first
        assert file.stat().st_mode & 0o777 == 0o600
        assert configuration.secrets.stat().st_mode & 0o777 == 0o700

    def test_refuses_a_name_outside_the_stage(self, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match="paycore/dev/"):
            ensure_secrets(load({"PAYCORE_HOME": str(tmp_path)}), template(**{"other/name": {}}))
