"""The files that Grafana reads: whole, and where it looks for them (MON-02). Its screens cannot be started here."""

import json
import re

from tests.infra.front import INFRA
from tests.monitoring.servers import HERE, read

DASHBOARDS = sorted((HERE / "grafana" / "dashboards").glob("*.json"))


def test_mon_02_the_dashboards_are_three_and_whole() -> None:
    boards = [json.loads(file.read_text(encoding="utf-8")) for file in DASHBOARDS]
    assert {board["title"] for board in boards} == {"Bot Performance", "System Health", "SLA Metrics"}
    assert len({board["uid"] for board in boards}) == len(boards)
    source = read(HERE / "grafana" / "provisioning" / "datasources" / "prometheus.yml")["datasources"][0]
    for board in boards:
        cells: set[tuple[int, int]] = set()
        assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
        variables = {f"${variable['name']}" for variable in board["templating"]["list"]}
        for panel in board["panels"]:
            place = panel["gridPos"]
            taken = {
                (place["x"] + across, place["y"] + down)
                for across in range(place["w"])
                for down in range(place["h"])
            }
            assert not taken & cells, panel["title"]
            assert place["x"] + place["w"] <= 24
            cells |= taken
            assert panel["type"] in {"stat", "timeseries"}
            for told in (panel, *panel["targets"]):
                assert told["datasource"] == {"type": source["type"], "uid": source["uid"]}
            used = set(re.findall(r"\$\w+", json.dumps(panel["targets"])))
            assert used - variables <= {"$__rate_interval"}


def test_mon_02_grafana_finds_its_files_where_the_image_has_them() -> None:
    provider = read(HERE / "grafana" / "provisioning" / "dashboards" / "buhbot.yml")["providers"][0]
    image = (HERE / "Dockerfile").read_text(encoding="utf-8")
    assert "COPY . /etc/monitoring\n" in image
    assert provider["options"]["path"] == "/etc/monitoring/grafana/dashboards"
    assert 'GF_PATHS_PROVISIONING="$HERE/grafana/provisioning"' in (HERE / "start.sh").read_text(
        encoding="utf-8"
    )
    source = read(HERE / "grafana" / "provisioning" / "datasources" / "prometheus.yml")["datasources"][0]
    compose = (INFRA.parent / "compose.yaml").read_text(encoding="utf-8")
    assert source["url"].removeprefix("http://") in compose  # its own health check asks there too
