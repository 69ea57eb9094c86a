#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A web server on 127.0.0.1 that misbehaves on request, for the tests of `ninetails dataset fetch`.

    http_server.py FOLDER LOG [CERTIFICATE KEY] &

prints its port (with a certificate https's too) and serves until it is killed or its parent is gone.

The first part of a path chooses how the rest, a file below FOLDER, is served; each request is a line of LOG.
"""
import http.server
import os
import ssl
import sys
import threading
import time

FOLDER, LOG = sys.argv[1], sys.argv[2]
ports = []  # of http, https
PAGE = b"<!DOCTYPE html><html><title>Sign in</title></html>"
seen = {}  # path -> requests so far


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", headers=(), length=None, sent=None):
        """Sends `sent` bytes of the body (default: all), whatever the header says, and closes when fewer."""
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body if sent is None else body[:sent])
        if sent is not None and sent < len(body):
            self.wfile.flush()
            self.close_connection = True

    def serve(self, body, tag='"one"', ranges=True, sent=None, headers=()):
        """Serves the file correctly, except for `sent`."""
        start, wanted = 0, self.headers.get("Range")
        condition = self.headers.get("If-Range")
        if ranges and wanted and (condition is None or condition == tag):
            start = int(wanted.split("=")[1].split("-")[0])
        headers = [*headers, ("Content-Type", "application/octet-stream")]
        if tag:
            headers.append(("ETag", tag))
        if start >= len(body) > 0:
            return self.answer(416, headers=[("Content-Range", f"bytes */{len(body)}")])
        if start:
            headers.append(("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}"))
        return self.answer(206 if start else 200, body[start:], headers, sent=sent)

    def do_GET(self):
        how, _, name = self.path.lstrip("/").partition("/")
        count = seen[self.path] = seen.get(self.path, 0) + 1
        with open(LOG, "a") as log:
            print(how, self.headers.get("Range", "whole"), file=log)
        path = os.path.join(FOLDER, name)
        if not os.path.isfile(path):
            return self.answer(404, b"none")
        with open(path, "rb") as file:
            body = file.read()
        third = len(body) // 3
        if how == "good":
            self.serve(body)
        elif how == "cut":  # every answer breaks off, except in the last third
            self.serve(body, sent=third + 1)
        elif how == "norange":  # breaks off once, and always starts at the beginning
            self.serve(body, ranges=False, sent=third if count == 1 else None)
        elif how == "notag":  # breaks off once, and names no version
            self.serve(body, tag=None, sent=third if count == 1 else None)
        elif how == "changed":  # breaks off once; then the file is another
            self.serve(b"x" * len(body) if count == 1 else body, tag=f'"{min(count, 2)}"', sent=third if count == 1 else None)
        elif how == "otherpart":  # answers a request for the rest with something else, once
            if count == 2:
                self.answer(206, body[1:], [("ETag", '"one"'), ("Content-Range", f"bytes 1-{len(body) - 1}/{len(body)}")])
            else:
                self.serve(body, sent=third if count == 1 else None)
        elif how == "boast":  # breaks off once, then claims that nearly all there can be is still to come
            if count == 1:
                return self.serve(body, sent=third)
            rest = [("ETag", '"one"'), ("Content-Range", f"bytes {third}-{2 ** 62}/{2 ** 63 - 1}")]
            self.answer(206, body, rest, length=2 ** 63 - 1, sent=1)
        elif how == "wrong":
            self.serve(bytes(255 - b for b in body))
        elif how == "longer":
            self.serve(body + b"more")
        elif how == "endless":  # announces no length and sends until the client closes
            self.send_response(200)
            self.end_headers()
            try:
                while True:
                    self.wfile.write(body)
            except OSError:
                self.close_connection = True
        elif how == "dead":
            self.close_connection = True
        elif how == "stall":
            if count > 1:
                return self.serve(body)
            self.send_response(200)
            self.send_header("ETag", '"one"')
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[:third])
            self.wfile.flush()
            self.rfile.read(1)  # waits until the client gives up
            self.close_connection = True
        elif how == "busy":
            self.serve(body) if count > 2 else self.answer(503)
        elif how == "redirect":
            self.answer(302, headers=[("Location", "/good/" + name)])
        elif how in ("up", "down", "updown"):  # redirects: to https, from there to http, both
            where = f"http://127.0.0.1:{ports[0]}/good/" if how == "down" else f"https://127.0.0.1:{ports[1]}/"
            self.answer(302, headers=[("Location", where + {"up": "good/", "updown": "down/", "down": ""}[how] + name)])
        elif how == "loop":
            self.answer(302, headers=[("Location", self.path)])
        elif how == "escape":
            self.answer(302, headers=[("Location", "file:///etc/hostname")])
        elif how == "page":
            self.answer(200, PAGE, [("Content-Type", "text/html; charset=utf-8")])
        elif how == "hiddenpage":
            self.answer(200, b"\n  " + PAGE, [("Content-Type", "application/octet-stream")])
        elif how == "forbidden":
            self.answer(403, PAGE, [("Content-Type", "text/html")])
        else:
            self.answer(404)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass  # the client hung up, as expected


def follow_parent(parent):
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(0)


threading.Thread(target=follow_parent, args=(os.getppid(),), daemon=True).start()
servers = [Server(("127.0.0.1", 0), Handler) for _ in sys.argv[2::2]]
if len(servers) > 1:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[3], sys.argv[4])
    servers[1].socket = context.wrap_socket(servers[1].socket, server_side=True)
    threading.Thread(target=servers[1].serve_forever, daemon=True).start()
ports.extend(server.server_address[1] for server in servers)
print(*ports, flush=True)
servers[0].serve_forever()
