"""Stands in for Uptime Kuma, of which there is no package: keeps what it is told, as version 1.23 does."""

import asyncio
import threading
import time
from json import dumps
from typing import Any

import socketio
import uvicorn

from simulator.servers import free_port

Json = dict[str, Any]
START_SECONDS = 10


class Kuma:
    """One server, its operator, monitors and notifications."""

    def __init__(self) -> None:
        self.operator: tuple[str, str] | None = None
        self.monitors: dict[int, Json] = {}
        self.notifications: dict[int, Json] = {}
        self.calls: list[str] = []
        self.port = free_port()
        self._signed_in: set[str] = set()
        self._io = socketio.AsyncServer(async_mode="asgi", cors_allowed_origins="*")
        for name in (
            "needSetup",
            "setup",
            "login",
            "add",
            "editMonitor",
            "getMonitor",
            "getMonitorList",
            "addNotification",
        ):
            self._io.on(name, getattr(self, f"on_{name}"))
        config = uvicorn.Config(
            socketio.ASGIApp(self._io), host="127.0.0.1", port=self.port, log_level="warning", lifespan="off"
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=lambda: asyncio.run(self._server.serve()), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._thread.start()
        deadline = time.monotonic() + START_SECONDS
        while not self._server.started:
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(START_SECONDS)

    async def on_needSetup(self, _sid: str) -> bool:
        return self.operator is None

    async def on_setup(self, _sid: str, name: str, password: str) -> Json:
        if self.operator is not None:
            return {"ok": False, "msg": "Uptime Kuma has been initialized."}
        self.operator = (name, password)
        return {"ok": True, "msg": "Added Successfully."}

    async def on_login(self, sid: str, told: Json) -> Json:
        if (told["username"], told["password"]) != self.operator:
            return {"ok": False, "msg": "Incorrect username or password."}
        self._signed_in.add(sid)
        await self._io.emit("info", {"version": "1.23.16", "latestVersion": "1.23.16"}, to=sid)
        await self._tell(sid)
        return {"ok": True, "token": "t"}

    async def on_add(self, sid: str, monitor: Json) -> Json:
        return await self._keep(sid, "add", self.monitors, monitor, len(self.monitors) + 1, "monitorID")

    async def on_editMonitor(self, sid: str, monitor: Json) -> Json:
        return await self._keep(sid, "editMonitor", self.monitors, monitor, monitor["id"], "monitorID")

    async def on_addNotification(self, sid: str, told: Json, number: int | None) -> Json:
        chosen = number or len(self.notifications) + 1
        return await self._keep(sid, "addNotification", self.notifications, told, chosen, "id")

    async def on_getMonitor(self, _sid: str, number: int) -> Json:
        return {"ok": True, "monitor": self.monitors[number]}

    async def on_getMonitorList(self, sid: str) -> Json:
        await self._tell(sid)
        return {"ok": True}

    async def _keep(
        self, sid: str, call: str, shelf: dict[int, Json], told: Json, number: int, key: str
    ) -> Json:
        if sid not in self._signed_in:
            return {"ok": False, "msg": "You are not logged in."}
        self.calls.append(call)
        shelf[number] = told | {"id": number}
        await self._tell(sid)
        return {"ok": True, "msg": "Saved", key: number}

    async def _tell(self, sid: str) -> None:
        await self._io.emit("monitorList", {str(key): value for key, value in self.monitors.items()}, to=sid)
        rows = [
            {
                "id": key,
                "name": value["name"],
                "config": dumps(value),
                "active": True,
                "userId": 1,
                "isDefault": True,
            }
            for key, value in self.notifications.items()
        ]
        await self._io.emit("notificationList", rows, to=sid)
