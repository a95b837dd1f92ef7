"""Sends events to Waywarden's ingest, again where it is busy or away. No library is needed."""
import json, time, urllib.error, urllib.request


def send(url, token, events, tries=10):
    body = "\n".join(json.dumps(event) for event in events).encode()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/x-ndjson"}
    for _ in range(tries):
        try:
            request = urllib.request.Request(url + "/v1/events", body, headers)
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refused:
            if refused.code not in (408, 429, 500, 503):
                raise
            time.sleep(float(refused.headers.get("Retry-After", 1)))
        except (urllib.error.URLError, TimeoutError):
            time.sleep(1)
    raise TimeoutError("ingest did not take the events")
