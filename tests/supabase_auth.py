"""A stand-in for Supabase Auth on loopback, with the shapes of its real answers, well or ill (SEC-06)."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

KEY = "sb_publishable_of-the-stand-in"
EMAIL, PASSWORD, SUBJECT = "olga@firm.test", "right-at-supabase", "5f3c0b1e-0000-4000-8000-000000000001"
LEGACY_SECRET = "a-legacy-secret-of-the-stand-in-of-forty-characters"


class Project(ThreadingHTTPServer):
    """Knows one account. `status`, `body` and `drip` make it answer otherwise."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.keys: dict[str, Any] = {
            "ES256": ec.generate_private_key(ec.SECP256R1()),
            "RS256": rsa.generate_private_key(65537, 2048),
        }
        self.algorithm = "ES256"
        self.claims: dict[str, Any] = {}
        self.asked: list[tuple[str, str | None]] = []
        self.status, self.body, self.drip = 0, b"", 0.0
        self.token = ""

    def access_token(self, **changed: Any) -> str:
        now = int(time.time())
        claims = {
            "iss": f"{self.url}/auth/v1", "sub": SUBJECT, "aud": "authenticated", "exp": now + 3600, "iat": now,
            "email": EMAIL, "phone": "", "app_metadata": {"provider": "email", "role": "manager"},
            "user_metadata": {"role": "admin"}, "role": "authenticated", "aal": "aal1", "is_anonymous": False,
        } | self.claims | changed  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        key = LEGACY_SECRET if self.algorithm == "HS256" else self.keys[self.algorithm]
        return jwt.encode(claims, key, self.algorithm, headers={"kid": f"kid-{self.algorithm}"})

    def key_set(self) -> dict[str, Any]:
        public = {name: key.public_key() for name, key in self.keys.items()}
        shown = {
            "ES256": json.loads(ECAlgorithm.to_jwk(public["ES256"])),
            "RS256": json.loads(RSAAlgorithm.to_jwk(public["RS256"])),
        }
        return {
            "keys": [{**key, "alg": name, "kid": f"kid-{name}", "use": "sig"} for name, key in shown.items()]
        }


class Handler(BaseHTTPRequestHandler):
    server: Project

    def do_GET(self) -> None:
        self._note()
        self._answer(200, self.server.key_set())

    def do_POST(self) -> None:
        self._note()
        given = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if (given.get("email", "").lower(), given.get("password")) != (EMAIL, PASSWORD):
            wrong = {"code": 400, "error_code": "invalid_credentials", "msg": "Invalid login credentials"}
            self._answer(400, wrong)
            return
        token = self.server.token or self.server.access_token()
        user = {"id": SUBJECT, "aud": "authenticated", "role": "authenticated", "email": EMAIL}
        self._answer(
            200,
            {
                "access_token": token,
                "token_type": "bearer",
                "expires_in": 3600,
                "refresh_token": "r",
                "user": user,
            },
        )

    def _note(self) -> None:
        self.server.asked.append((self.path, self.headers.get("apikey")))

    def _answer(self, status: int, content: Any) -> None:
        body = self.server.body or json.dumps(content).encode()
        head = f"HTTP/1.1 {self.server.status or status} X\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        with suppress(OSError):
            for byte in head.encode() + body:
                self.wfile.write(bytes([byte]))
                time.sleep(self.server.drip)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def project() -> Iterator[Project]:
    """Serve while the block runs."""
    server = Project()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
