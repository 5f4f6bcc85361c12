"""What nginx lets through, and how: TLS, limits, closed doors (SEC-08, SEC-12). A real nginx on loopback."""

import base64
import hashlib
import re
import ssl
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from simulator.stack import ROOT
from tests.infra.front import HOST, Front, Web

HOOK = "/webhook/telegram"


def statuses(client: httpx.Client, path: str, count: int, method: str = "GET") -> Counter[int]:
    with client:
        return Counter(client.request(method, path).status_code for _ in range(count))


def protocol(front: Front, version: ssl.TLSVersion) -> str | None:
    """Shake hands in one version of TLS; what both sides will speak."""
    context = front.trust()
    context.set_ciphers("DEFAULT@SECLEVEL=0")  # so that this side would speak the old versions
    context.minimum_version = context.maximum_version = version
    context.set_alpn_protocols(["h2", "http/1.1"])
    with front.line(context) as line:
        return line.selected_alpn_protocol()


def test_sec_08_plain_http_is_sent_to_https(front: Front) -> None:
    answer = front.plain("/admin/?q=1", headers={"Host": "evil.example"})
    assert (answer.status_code, answer.headers["Location"]) == (301, f"{front.url}/admin/?q=1")


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_sec_08_new_tls_is_spoken_and_http_2(front: Front, version: ssl.TLSVersion) -> None:
    assert protocol(front, version) == "h2"


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_sec_08_old_tls_is_refused(front: Front, version: ssl.TLSVersion) -> None:
    with pytest.raises(OSError, match="(?i)protocol|version|reset"):
        protocol(front, version)


def test_sec_07_each_header_of_safety_comes_once(front: Front) -> None:
    with front.client(address="127.0.1.1") as client:
        for path in ("/", "/static/x.css", "/metrics"):
            headers = client.get(path).headers
            assert headers.get_list("Strict-Transport-Security") == [
                "max-age=31536000; includeSubDomains; preload"
            ]
            assert headers.get_list("X-Content-Type-Options") == ["nosniff"]
            assert headers["Server"] == "nginx"  # without its version


def test_sec_08_100_requests_a_minute_with_a_burst_of_50(front: Front) -> None:
    found = statuses(front.client(address="127.0.1.2"), "/admin/", 70)
    assert 51 <= found[200] <= 55  # those that dripped out meanwhile
    assert found[200] + found[429] == 70


def test_sec_08_an_office_behind_one_address_is_not_locked_out(front: Front) -> None:
    for number in range(8):
        office = front.client(address="127.0.1.3", session=f"s{number}")
        assert statuses(office, "/admin/", 40) == {200: 40}


def test_sec_08_made_up_sessions_do_not_lift_the_limit(front: Front) -> None:
    with front.client(address="127.0.1.4") as client:
        found = Counter(
            client.get("/admin/", headers={"Cookie": f"sessionid=x{number}"}).status_code
            for number in range(700)
        )
    assert found[429] > 0


def test_sec_08_static_files_are_exempt(front: Front) -> None:
    assert statuses(front.client(address="127.0.1.5"), "/static/admin/a.css", 300) == {200: 300}


def test_sec_08_ten_tries_to_sign_in_a_minute(front: Front) -> None:
    found = statuses(front.client(address="127.0.1.6"), "/admin/login/", 20, "POST")
    assert 10 <= found[200] <= 11
    assert statuses(front.client(address="127.0.1.6"), "/admin/login/", 5) == {200: 5}  # looking at it


def test_sec_08_100_updates_at_once_never_hit_a_limit(front: Front) -> None:
    with front.client(address="127.0.1.7", keep=100) as telegram, ThreadPoolExecutor(100) as pool:
        for _ in range(5):
            answers = list(pool.map(lambda _: telegram.post(HOOK, json={}).status_code, range(100)))
            assert answers == [200] * 100


def test_sec_08_a_refusal_is_said_in_russian(front: Front) -> None:
    with front.client(address="127.0.1.8") as client:
        answers = [client.get("/admin/") for _ in range(60)]
    assert 'lang="ru"' in answers[-1].text
    assert answers[-1].headers["Retry-After"] == "10"


@pytest.mark.parametrize(
    "path", ["/metrics", "/health/ready", "//metrics", "/./metrics", "/health/../metrics", "/%6detrics"]
)
def test_sec_12_what_is_for_machines_inside_is_closed(front: Front, path: str) -> None:
    with front.line() as line:
        line.sendall(f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode())
        assert line.recv(64).startswith(b"HTTP/1.1 404")


def test_sec_12_the_life_of_web_may_be_asked_for(front: Front) -> None:
    with front.client(address="127.0.1.9") as client:
        assert client.get("/health/live").json()["web"] == "blue"


def test_sec_12_nobody_outside_says_what_address_he_has(front: Front) -> None:
    forged = {
        "X-Forwarded-For": "10.0.0.1",
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Host": "evil.example",
        "X-Real-IP": "10.0.0.1",
        "Forwarded": "for=10.0.0.1",
        "X-Request-ID": "forged",
    }
    with front.client(address="127.0.1.10") as client:
        got = client.get("/admin/", headers=forged).json()["headers"]
    assert (got["X-Forwarded-For"], got["X-Forwarded-Proto"], got["Host"]) == ("127.0.1.10", "https", HOST)
    assert re.fullmatch("[0-9a-f]{32}", got["X-Request-ID"])
    assert not {"X-Forwarded-Host", "X-Real-IP", "Forwarded"} & set(got)


def test_sec_08_a_body_larger_than_an_update_is_refused(front: Front) -> None:
    with front.client(address="127.0.1.11") as client:
        assert client.post(HOOK, content=b"x" * (1024 * 1024)).status_code == 200
        assert client.post(HOOK, content=b"x" * (1024 * 1024 + 1)).status_code == 413


def test_sec_09_the_log_holds_no_query(front: Front) -> None:
    with front.client(address="127.0.1.12") as client:
        client.get("/files/?token=of-a-client")
    time.sleep(0.2)
    assert '"path":"/files/"' in front.log.read_text()
    assert "of-a-client" not in front.log.read_text()


@pytest.mark.parametrize("path", ["/admin/password/MQ/c8k-secret/", "//admin/password/MQ/c8k-secret/"])
def test_sec_09_the_log_holds_no_one_time_link(front: Front, path: str) -> None:
    with front.line() as line:
        line.sendall(f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode())
        line.recv(64)
    time.sleep(0.2)
    assert '"path":"/admin/password/***"' in front.log.read_text()
    assert "c8k-secret" not in front.log.read_text()


def test_sec_09_a_refusal_logs_no_query_either(narrow: Front) -> None:
    assert statuses(narrow.client(), "/admin/?q=of-a-client", 6)[429] == 3
    time.sleep(0.2)
    assert "of-a-client" not in narrow.log.read_text()


def test_sec_07_pages_of_nginx_allow_their_own_style_only(front: Front) -> None:
    with front.client(address="127.0.1.13") as client:
        answer = client.get("/metrics")
    (style,) = re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "camera=()" in answer.headers["Permissions-Policy"]


def test_sec_07_pages_of_nginx_share_one_style() -> None:
    pages = [page.read_text(encoding="utf-8") for page in (ROOT / "infra/nginx/pages").glob("*.html")]
    styles = {re.findall(r"<style>(.*?)</style>", page, re.DOTALL)[0] for page in pages}
    assert (len(pages), len(styles)) == (4, 1)


@pytest.fixture
def narrow(tmp_path: Path, certs: Path, web: Web, front: Front) -> Iterator[Front]:
    """nginx with other settings than the default."""
    settings = {"NGINX_WEBHOOK_NETWORKS": "127.0.2.0/24, 91.108.4.0/22", "NGINX_RATE": "6r/m"}
    with Front(tmp_path, web.address, certs, NGINX_BURST="2", **settings) as narrow:
        yield narrow


def test_sec_08_limits_and_networks_are_settings(narrow: Front) -> None:
    assert statuses(narrow.client(), "/admin/", 6) == {200: 3, 429: 3}
    assert statuses(narrow.client(address="127.0.2.1"), HOOK, 1, "POST") == {200: 1}
    assert statuses(narrow.client(address="127.0.3.1"), HOOK, 1, "POST") == {403: 1}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NGINX_RATE", "fast"),
        ("NGINX_BURST", "5;"),
        ("NGINX_WEBHOOK_NETWORKS", "all; #"),
        ("PUBLIC_URL", "ftp://x"),
    ],
)
def test_run_03_a_wrong_setting_is_named(
    front: Front, certs: Path, tmp_path: Path, name: str, value: str
) -> None:
    with (
        pytest.raises(AssertionError, match=f"nginx cannot start: {name} must look like"),
        Front(tmp_path, "127.0.0.1:9", certs, **{name: value}),
    ):
        pass


def test_bak_06_a_russian_page_while_web_is_away(front: Front, certs: Path, tmp_path: Path) -> None:
    with Front(tmp_path, "127.0.0.1:9", certs) as lonely, lonely.client() as client:
        page = client.get("/admin/")
        assert (page.status_code, 'lang="ru"' in page.text) == (503, True)
        assert page.headers["Retry-After"] == "10"
        assert client.post(HOOK, json={}).status_code == 503
