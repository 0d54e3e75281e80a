"""compose.yaml, Containerfile, nginx's configuration and the Kubernetes example: each is read by what reads it, and names only what
there is. Nothing here starts a container: docs/deployment.md says so."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import kubernetes_validate
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = Path(sys.executable).parent / "docker-compose"
KUBERNETES = sorted(path for path in (ROOT / "examples/kubernetes").glob("*.yaml") if path.name != "kustomization.yaml")
SECRETS = {"POSTGRES_PASSWORD": "p" * 64, "REDIS_PASSWORD": "r" * 64, "PAITIFY_MASTER_KEY": "5a" * 32}
SETTING = re.compile(r'"((?:PAITIFY|CLERK)_[A-Z_]+|LOG_LEVEL)"')


def settings():
    """What the program asks for."""
    sources = (ROOT / "Sources/Server/Configuration").glob("*.swift")
    return {name for source in sources for name in SETTING.findall(source.read_text())}


def paths():
    """What is served to anybody."""
    return set(re.findall(r'routes\.open\("([^"]+)"\)', (ROOT / "Sources/Server/API/Health.swift").read_text()))


def compose(**environment):
    return subprocess.run(
        [COMPOSE, "--file", ROOT / "compose.yaml", "config", "--format", "json"], cwd=ROOT, check=False,
        capture_output=True, text=True, env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", **environment})


@pytest.fixture(scope="module")
def project():
    done = compose(**SECRETS)
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


def test_compose_reads_its_file_and_wants_every_secret(project):
    assert set(project["services"]) == {"postgres", "redis", "migrate", "issuer-1", "issuer-2", "nginx"}
    for missing in SECRETS:
        done = compose(**{name: value for name, value in SECRETS.items() if name != missing})
        # PyPI's wrapper of the program drops its exit status.
        assert not done.stdout and f"variable {missing} is missing" in done.stderr


def test_compose_opens_one_port_on_this_machine_alone(project):
    ports = [port for service in project["services"].values() for port in service.get("ports", [])]
    assert [(port["host_ip"], port["published"], port["target"]) for port in ports] == [("127.0.0.1", "8080", 8080)]
    assert project["networks"]["inside"]["internal"] is True


def test_compose_sets_only_what_the_program_knows(project):
    for name in ("migrate", "issuer-1", "issuer-2"):
        given = set(project["services"][name]["environment"])
        assert given <= settings(), given - settings()
    trusted = project["services"]["issuer-1"]["environment"]["PAITIFY_TRUSTED_PROXY"]
    assert project["services"]["nginx"]["networks"]["inside"]["ipv4_address"] == trusted


def test_compose_gives_nobody_more_than_he_needs(project):
    for name, service in project["services"].items():
        assert service["security_opt"] == ["no-new-privileges:true"], name
        if name != "postgres":
            assert service["read_only"] is True and service["cap_drop"] == ["ALL"], name
        disabled = service.get("healthcheck", {}).get("disable")
        assert disabled or "healthcheck" in service or name.startswith("issuer"), name
    # The image has the issuers' own.
    assert "HEALTHCHECK" in (ROOT / "Containerfile").read_text()


def test_nginx_s_configuration_is_that_of_the_services(project):
    text = (ROOT / "examples/nginx/nginx.conf").read_text()
    assert re.findall(r"^\s+server (\S+) ", text, re.M) == ["issuer-1:8080", "issuer-2:8080"]
    mounted = project["services"]["nginx"]["volumes"][0]
    assert (ROOT / "examples/nginx/nginx.conf").samefile(mounted["source"]) and mounted["read_only"] is True
    asked = re.search(r"http://127\.0\.0\.1:8080(/\w+)", " ".join(project["services"]["nginx"]["healthcheck"]["test"]))
    assert asked[1] in paths()


RESOURCES = [resource for path in KUBERNETES for resource in yaml.safe_load_all(path.read_text())]
PODS = {one["kind"]: one["spec"]["template"]["spec"] for one in RESOURCES if "template" in one.get("spec", {})}


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource["kind"])
def test_kubernetes_takes(resource):
    kubernetes_validate.validate(resource, "1.32", strict=True)


def test_kubernetes_probes_ask_for_what_is_served():
    issuer = PODS["Deployment"]["containers"][0]
    probes = {name: issuer[name]["httpGet"]["path"] for name in ("startupProbe", "livenessProbe", "readinessProbe")}
    assert probes == {"startupProbe": "/healthz", "livenessProbe": "/healthz", "readinessProbe": "/readyz"}
    assert set(probes.values()) <= paths()


def test_kubernetes_settings_are_the_program_s():
    config = yaml.safe_load((ROOT / "examples/kubernetes/config.yaml").read_text())
    readme = (ROOT / "examples/kubernetes/README.md").read_text()
    secret = set(re.findall(r"--from-literal=([A-Z_]+)=", readme))
    assert set(config["data"]) | secret <= settings()
    assert {"PAITIFY_DATABASE_URL", "PAITIFY_MASTER_KEY"} <= secret and not secret & set(config["data"])
    for pod in PODS.values():
        names = {next(iter(source.values()))["name"] for source in pod["containers"][0]["envFrom"]}
        assert names == {"paitify"}
    drain = int(config["data"]["PAITIFY_DRAIN"].removesuffix("s"))
    assert PODS["Deployment"]["terminationGracePeriodSeconds"] >= drain + 10


def test_kubernetes_pods_run_with_as_little_as_they_can():
    for pod in PODS.values():
        context = pod["containers"][0]["securityContext"]
        assert pod["securityContext"]["runAsNonRoot"] is True and pod["automountServiceAccountToken"] is False
        assert context == {
            "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}


def test_kubernetes_resources_are_each_applied_and_select_the_issuers():
    kustomization = yaml.safe_load((ROOT / "examples/kubernetes/kustomization.yaml").read_text())
    assert sorted(kustomization["resources"]) == [path.name for path in KUBERNETES]
    labels = next(one for one in RESOURCES if one["kind"] == "Deployment")["spec"]["template"]["metadata"]["labels"]
    for one in RESOURCES:
        spec = one.get("spec", {})
        selected = spec.get("podSelector", {}).get("matchLabels") or spec.get("selector", {})
        selected = selected.get("matchLabels", selected)
        assert selected.items() <= labels.items(), one["kind"]


def instructions():
    """Of the Containerfile: (stage, name, text), lines that go on as one."""
    text = re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", (ROOT / "Containerfile").read_text(), flags=re.M))
    stage = -1
    for line in filter(None, map(str.strip, text.splitlines())):
        name, rest = line.split(None, 1)
        stage += name == "FROM"
        yield stage, name, rest


def test_the_image_has_no_toolchain_and_no_root():
    last = max(stage for stage, _, _ in instructions())
    final = [(name, rest) for stage, name, rest in instructions() if stage == last]
    assert final[0] == ("FROM", "debian:12-slim") and last == 1
    assert [rest for name, rest in final if name == "USER"] == ["10001:10001"]
    copied = [rest for name, rest in final if name == "COPY"]
    assert copied == ["--from=build /paitify/build/bin/paitify /usr/bin/paitify", "LICENSE /usr/share/doc/paitify/"]
    assert json.loads(dict(final)["ENTRYPOINT"]) == ["/usr/bin/paitify"] and json.loads(dict(final)["CMD"]) == ["serve"]
    for pod in PODS.values():
        assert pod["securityContext"]["runAsUser"] == 10001


def test_what_goes_into_the_image_s_build_has_no_secrets():
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert {".git", ".env", "*.env", "data", "build", ".build*"} <= set(ignored)


def test_every_setting_is_in_the_list_of_settings():
    listed = (ROOT / "docs/operations.md").read_text() + (ROOT / "docs/accounts.md").read_text()
    assert not {name for name in settings() if f"{name}`" not in listed}
