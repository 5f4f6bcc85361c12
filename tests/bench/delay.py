"""A TCP proxy on loopback that delays every byte: a database in another country (PERF-14)."""

import argparse
import asyncio
from collections.abc import Awaitable, Callable

CHUNK = 65_536
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listen", type=int, required=True, help="port to listen on")
    parser.add_argument("--target", type=int, required=True, help="port to pass bytes to")
    parser.add_argument("--round-trip-ms", type=float, default=40, help="delay of a question and its answer")
    options = parser.parse_args()
    asyncio.run(serve(options.listen, options.target, options.round_trip_ms / 2000))


async def serve(listen: int, target: int, one_way_seconds: float) -> None:
    server = await asyncio.start_server(_passing(target, one_way_seconds), "127.0.0.1", listen)
    async with server:
        await server.serve_forever()


def _passing(target: int, one_way_seconds: float) -> Handler:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", target)
        await asyncio.gather(
            _pump(reader, far_writer, one_way_seconds), _pump(far_reader, writer, one_way_seconds)
        )

    return handle


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float) -> None:
    """Pass bytes on, each chunk so much later, without holding up the next chunk."""
    loop = asyncio.get_running_loop()
    last = loop.time()
    try:
        while chunk := await reader.read(CHUNK):
            last = loop.time() + seconds
            loop.call_at(last, _write, writer, chunk)
    except ConnectionError:
        pass
    loop.call_at(max(last, loop.time()), writer.close)


def _write(writer: asyncio.StreamWriter, chunk: bytes) -> None:
    if not writer.is_closing():
        writer.write(chunk)


if __name__ == "__main__":
    main()
