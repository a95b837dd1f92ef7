"""A receiver of commands: Python's standard library, and openssl for Ed25519.

python3 receiver.py URL TENANT RECEIVER KEY_FILE      (the key file: waywarden-receiver keys)
"""
import base64, hashlib, http.client, json, subprocess, sys, tempfile, time, urllib.error, urllib.parse, urllib.request, uuid

TYPE, COMMANDS = "waywarden-record+jws", "waywarden.revocation.commands.v1"
RECEIPTS, REQUESTS = "waywarden.revocation.receipts.v1", "waywarden.receiver.requests.v1"
NEEDS = {"task": {"task_id"}, "credential": {"credential_uid"}}  # levels done here, and every id that each must name
b64 = lambda data: base64.urlsafe_b64encode(data).rstrip(b"=").decode()
unb64 = lambda text: base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
# RFC 8410: an Ed25519 key is 32 bytes behind a fixed head.
PRIVATE, PUBLIC = bytes.fromhex("302e020100300506032b657004220420"), bytes.fromhex("302a300506032b6570032100")

def openssl(der, data, *args, signature=b""):
    with tempfile.NamedTemporaryFile() as key, tempfile.NamedTemporaryFile() as text, tempfile.NamedTemporaryFile() as mark:
        for file, content in ((key, der), (text, data), (mark, signature)):
            file.write(content); file.flush()
        sig = ("-sigfile", mark.name) if signature else ()
        command = ["openssl", "pkeyutl", "-keyform", "DER", "-rawin", "-inkey", key.name, "-in", text.name, *sig, *args]
        return subprocess.run(command, capture_output=True)

def sign(value, topic, key, **more):
    head = b64(json.dumps({"alg": "EdDSA", "kid": key["id"], "typ": TYPE, "topic": topic, "iat": int(time.time()), **more}).encode())
    made = openssl(PRIVATE + unb64(key["jwk"]["d"]), f"{head}.{b64(value)}".encode(), "-sign")
    return head, b64(value), b64(made.stdout)

def believe(item, *known):
    try: return verified(item, *known)
    except (AttributeError, KeyError, TypeError, ValueError): return None  # malformed; what follows it counts all the same

def verified(item, keys, tenant, receiver):
    head, payload, mark = item["jws"].split(".")
    header, key = json.loads(unb64(head)), keys.get(json.loads(unb64(head))["kid"])
    if key is None or (header["typ"], header["topic"], header["aud"]) != (TYPE, COMMANDS, f"waywarden:{tenant}"):
        return None
    checked = openssl(PUBLIC + unb64(key["x"]), f"{head}.{payload}".encode(), "-verify", "-pubin", signature=unb64(mark))
    command = json.loads(unb64(payload))
    named = item["key"] == f'{command["tenant_id"]}|{command["target"]["agent_uid"]}' and receiver in command["receivers"]
    return command if checked.returncode == 0 and named else None

def answer(command, last, now):
    """What the receipt says; None: an old number, said to nobody. `last`: the last number of each agent."""
    target, action, agent = command["target"], command["action"], command["target"]["agent_uid"]
    ids = target.keys() - {"level", "tenant_id", "agent_uid"}
    if ids != NEEDS.get(target["level"], ids): return "unsupported"  # one is missing, or leaves open which is meant
    if command["sequence"] <= last.get(agent, 0): return None
    last[agent] = command["sequence"]
    if action != "restore" and command["expires_at"][:19] <= now[:19]: return "expired"  # both are UTC; what gives back is always done
    return "applied" if action == "restore" or action == "revoke_token" and target["level"] in NEEDS else "unsupported"

def main(url, tenant, receiver, key_file):
    key = [one for one in json.load(open(key_file))["keys"] if one["use"] == "sign" and one["state"] == "active"][0]
    def ask(method, path, body=None):
        while True:  # until it is there again: a responder that is started anew ends no receiver
            try: return once(method, path, body)
            except urllib.error.HTTPError as refused:
                if refused.code not in (408, 429, 500, 502, 503, 504): raise  # the same request won't be taken later
            except (OSError, http.client.HTTPException, ValueError): pass  # not there, cut off, or half an answer
            time.sleep(1)
    def once(method, path, body):
        line = f"{method} {path}\n{hashlib.sha256(body or b'').hexdigest()}"  # this request, this body, once (jti)
        head, _, mark = sign(line.encode(), REQUESTS, key, aud=f"waywarden:{tenant}", jti=str(uuid.uuid4()))
        headers = {"ww-proof": f"{head}..{mark}", "content-type": "application/json"}
        with urllib.request.urlopen(urllib.request.Request(url + path, body, headers, method=method), timeout=60) as answer:
            return json.load(answer)
    keys = {one["kid"]: one for one in ask("GET", "/v1/receivers/command-keys")["keys"]}
    base, after, last = f"/v1/receivers/{urllib.parse.quote(receiver)}", "", {}
    while True:  # From the beginning each time: what is denied is rebuilt from what was commanded.
        got = ask("GET", f"{base}/commands?" + urllib.parse.urlencode({"tenant": tenant, "wait": 25, **({"after": after} if after else {})}))
        receipts = []
        for command in filter(None, (believe(item, keys, tenant, receiver) for item in got["commands"])):
            agent, now = command["target"]["agent_uid"], time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            if (state := answer(command, last, now)) is None: continue
            if state == "applied": print(command["action"], json.dumps(command["target"]), flush=True)  # refuse its calls from here on
            receipt = {"command_id": command["command_id"], "tenant_id": tenant, "agent_uid": agent, "receiver": receiver,
                       "state": state, **({"applied_at": now} if state == "applied" else {})}
            receipts.append(".".join(sign(json.dumps(receipt).encode(), RECEIPTS, key)))
        said = ask("POST", f"{base}/receipts", json.dumps({"tenant": tenant, "receipts": receipts}).encode()) if receipts else {}
        for one in said.get("refused", ()): print("a receipt was refused:", one["reason"], file=sys.stderr, flush=True)
        after = got["cursor"]

if __name__ == "__main__": main(*sys.argv[1:])
