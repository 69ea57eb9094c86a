# SPDX-License-Identifier: GPL-3.0-or-later
"""A headless Chromium controlled over its debugging pipe (--remote-debugging-pipe), without driver or port.

    with Browser.start() as page:          None where there is no Chromium
        page.open("file:///tmp/report.html")
        page.run("document.title")         the value of an expression, a promise awaited
        page.wait("document.querySelector('canvas') !== null")
        page.problems                      console messages and exceptions
"""
import base64
import json
import os
import shutil
import subprocess
import tempfile

PATIENCE = 60  # seconds until a missing state is an error


class Browser:
    @staticmethod
    def find():
        return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

    @staticmethod
    def start(width=1280, height=900):
        program = Browser.find()
        return Browser(program, width, height) if program else None

    def __init__(self, program, width, height):
        self.folder = tempfile.mkdtemp()
        to_read, to = os.pipe()
        back, back_write = os.pipe()

        def fds():
            a, b = os.dup(to_read), os.dup(back_write)  # neither is 3 or 4 by now
            os.dup2(a, 3)
            os.dup2(b, 4)

        self.process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-pipe",
             "--no-first-run", "--force-prefers-reduced-motion", "--disable-background-networking", f"--user-data-dir={self.folder}",
             f"--window-size={width},{height}", "about:blank"],
            preexec_fn=fds, close_fds=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(back_write)
        self.to, self.back = os.fdopen(to, "wb", 0), os.fdopen(back, "rb", 0)
        self.number, self.rest, self.problems, self.events, self.session = 0, b"", [], [], None
        target = next(t for t in self.call("Target.getTargets")["targetInfos"] if t["type"] == "page")
        self.session = self.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.to.close()
        self.back.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    # ---------------------------------------------------------------- messages

    def receive(self):
        while b"\0" not in self.rest:
            more = self.back.read(1 << 16)
            if not more:
                raise RuntimeError("the browser went away")
            self.rest += more
        message, _, self.rest = self.rest.partition(b"\0")
        message = json.loads(message)
        method, p = message.get("method"), message.get("params", {})
        if method == "Runtime.exceptionThrown":
            details = p["exceptionDetails"]
            self.problems.append(details.get("exception", {}).get("description") or details["text"])
        elif method == "Runtime.consoleAPICalled" and p["type"] in ("error", "warning", "assert"):
            self.problems.append(" ".join(str(a.get("value", a.get("description"))) for a in p["args"]))
        elif method == "Log.entryAdded" and p["entry"]["level"] in ("error", "warning"):
            self.problems.append(p["entry"]["text"])
        elif method:
            self.events.append(method)
        return message

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        self.to.write(json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]

    # ---------------------------------------------------------------- pages

    def open(self, address):
        self.events.clear()
        self.call("Page.navigate", url=address)
        while "Page.loadEventFired" not in self.events:
            self.receive()

    def run(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            details = result["exceptionDetails"]
            raise RuntimeError(details.get("exception", {}).get("description") or details["text"])
        return result["result"].get("value")

    def wait(self, condition):
        """Waits for the condition, which is checked before each frame."""
        good = self.run(f"""new Promise((done) => {{
            const end = performance.now() + {PATIENCE * 1000};
            const look = () => {{ if ({condition}) done(true); else if (performance.now() > end) done(false); else setTimeout(look, 10); }};
            look();
        }})""")
        if not good:
            raise AssertionError(f"not within {PATIENCE} s: {condition}")

    def key(self, key, **more):
        codes = {"Tab": 9, "Enter": 13, " ": 32}
        text = {"Enter": "\r", " ": " "}.get(key)
        common = {"key": key, "code": {" ": "Space"}.get(key, key), "windowsVirtualKeyCode": codes[key], **more}
        self.call("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", **common, **({"text": text} if text else {}))
        self.call("Input.dispatchKeyEvent", type="keyUp", **common)

    def mouse(self, kind, x, y, button="none", clicks=0):
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button=button, clickCount=clicks,
                  buttons=1 if button == "left" and kind != "mouseReleased" else 0)

    def picture(self, path, selector=None):
        clip = self.run(f"""(() => {{ const r = document.querySelector({json.dumps(selector)}).getBoundingClientRect();
            return {{x: r.x + scrollX, y: r.y + scrollY, width: r.width, height: r.height, scale: 1}}; }})()""") if selector else None
        more = {"clip": clip, "captureBeyondViewport": True} if clip else {}
        data = self.call("Page.captureScreenshot", format="png", **more)["data"]
        with open(path, "wb") as out:
            out.write(base64.b64decode(data))
