"""A sample for institutions: receives callbacks, verifies them, and fetches the tasks that they tell of.

Python 3.9, and nothing else:

    DENGPAN_URL=https://dengpan.example.cn DENGPAN_KEY=… DENGPAN_SECRET=whsec_… PORT=9000 python3 receiver.py
"""

import base64
import hashlib
import hmac
import json
import os
import threading
import time
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

API = os.environ["DENGPAN_URL"]
KEY = os.environ["DENGPAN_KEY"]
SHARED = base64.b64decode(os.environ["DENGPAN_SECRET"].removeprefix("whsec_"))
TOLERANCE = 5 * 60  # seconds
LONGEST = 64 * 1024
seen = set()  # the ids of events: one may come twice. Keep them in your database.
seen_lock = threading.Lock()


def genuine(headers, body):
    """Whether a callback is Dengpan's, and of now."""
    event_id = headers.get("webhook-id", "")
    timestamp = headers.get("webhook-timestamp", "")
    if not event_id or not timestamp.isdigit() or abs(time.time() - int(timestamp)) > TOLERANCE:
        return False
    signed = f"{event_id}.{timestamp}.".encode() + body
    made = base64.b64encode(hmac.new(SHARED, signed, hashlib.sha256).digest()).decode()
    # During a rotation there are several signatures; one that you know is enough.
    return any(
        hmac.compare_digest(f"v1,{made}".encode(), sent.encode())
        for sent in headers.get("webhook-signature", "").split(" ")
    )


def take(task_id):
    """Fetches a task. If that fails for good, it is still in the list of open tasks: read that once a day."""
    request = urllib.request.Request(
        f"{API}/v1/tasks/{urllib.parse.quote(task_id)}", headers={"Authorization": f"Bearer {KEY}"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        task = json.load(answer)
    print(f"task {task['kind']} {task['id']} due {task['due_at'][:10]}", flush=True)


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(min(int(self.headers.get("content-length", 0)), LONGEST))
        if not genuine(self.headers, body):
            self.send_response(401)
            self.end_headers()
            return
        self.send_response(204)  # at once; the work comes after
        self.end_headers()
        event = json.loads(body)
        with seen_lock:
            repeated = event["id"] in seen
            seen.add(event["id"])
        if not repeated and event["type"] == "task.issued" and not event["data"].get("example"):
            threading.Thread(target=take, args=(event["data"]["task_id"],)).start()

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "9000"))), Receiver)
    print(f"listening on 127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
