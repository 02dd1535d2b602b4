"""Damaged requests: every one is refused with a 4xx or answered, and the server goes on.

    damaged.py BASE WORK SERVER-PID [COUNT]
"""

import random
import socket
import sys

host, port = sys.argv[1].removeprefix("http://").split(":")
count = int(sys.argv[4]) if len(sys.argv) > 4 else 3000


def send(data):
    """The first line of what comes back; the client leaves its side open."""
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        connection.sendall(data)
        head = b""
        while b"\r\n" not in head:
            part = connection.recv(4096)
            if not part:
                break
            head += part
    return head.split(b"\r\n")[0].decode("latin-1")


def half(data):
    """The same for a client that ends before its request does."""
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        return connection.recv(4096).split(b"\r\n")[0].decode("latin-1")


JSON = b"Host: localhost\r\nContent-Type: application/json\r\n"
for data, wanted in [
    (b"GET /health HTTP/1.1\r\n\r\n", "400"),
    (b"\x00\xff nothing\r\n\r\n", "400"),
    (b"GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n", "404"),
    (b"POST /v1/completions HTTP/1.1\r\n" + JSON + b"Content-Length: 99999999999\r\n\r\n{", "413"),
]:
    line = send(data)
    assert wanted in line, (data, line)
for data in [
    b"POST /v1/completions HTTP/1.1\r\n" + JSON + b'Content-Length: 50\r\n\r\n{"mo',
    b"POST /v1/completions HTTP/1.1\r\n" + JSON + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":\r\n",
]:
    line = half(data)
    assert " 400 " in line, (data, line)

draw = random.Random(1)
body = (
    b'{"model":"organism","messages":[{"role":"user","content":"a"}],"max_tokens":2,'
    b'"temperature":1,"logprobs":true,"top_logprobs":3,"n":2,"stop":["x"]}'
)
pieces = [b'"', b"{", b"[", b"9" * 20, b"-1", b"null", b"1e999", b"\\u0000", "😀".encode(), b","]
statuses = {}
for _ in range(count):
    text = bytearray(body)
    for _ in range(draw.randint(1, 4)):
        kind, place = draw.randrange(3), draw.randrange(len(text))
        if kind == 0:
            text[place] = draw.randrange(256)
        elif kind == 1:
            del text[place : place + draw.randint(1, 9)]
        else:
            text[place:place] = draw.choice(pieces)
    head = b"POST /v1/chat/completions HTTP/1.1\r\n" + JSON
    line = send(head + b"Content-Length: %d\r\n\r\n" % len(text) + bytes(text))
    status = line.split(" ")[1]
    statuses[status] = statuses.get(status, 0) + 1
print(f"{count} damaged bodies: {statuses}")
assert set(statuses) <= {"200", "400", "404"}, statuses
