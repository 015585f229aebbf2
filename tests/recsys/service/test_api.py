"""The routes as a client meets them."""

from __future__ import annotations

import json
import socket

import pytest
from running import Running, until


def test_a_known_user_gets_personal_items_of_the_own_tenant(service: Running) -> None:
    answer = service.recommend("u1", k=5)
    assert answer["strategy"] == "personal"
    assert len(answer["items"]) == 5
    assert all(one["item"].endswith("-acme") for one in answer["items"])
    scores = [one["score"] for one in answer["items"]]
    assert answer["user"] == "u1"
    assert answer["model_version"].startswith("1-")
    assert len(set(scores)) > 1


def test_the_same_user_in_two_tenants_gets_different_items(service: Running) -> None:
    for tenant in ("acme", "globex"):
        items = [one["item"] for one in service.recommend("u2", tenant)["items"]]
        assert items
        assert all(item.endswith(f"-{tenant}") for item in items)


def test_a_new_user_gets_what_is_popular(service: Running) -> None:
    assert service.recommend("never-seen")["strategy"] == "popular"


def test_a_new_tenant_gets_starters_then_its_own_new_items(service: Running) -> None:
    before = service.recommend("first", "newcomer")
    assert before["strategy"] == "starter"
    assert before["items"]
    assert service.send("second", "board:brand-new", tenant="newcomer").status == 202

    def shown() -> bool:
        items = [one["item"] for one in service.recommend("third", "newcomer", k=10, hour=3)["items"]]
        return "board:brand-new" in items

    def asked_anew() -> bool:
        return any("board:brand-new" in str(service.recommend(f"p{n}", "newcomer")["items"]) for n in range(500, 503))

    until(lambda: shown() or asked_anew(), "a new item to be recommended in its tenant")


def test_an_item_that_the_model_cannot_know_is_shown_to_some(service: Running) -> None:
    assert service.send("u3", "board:unknown-acme").status == 202
    serial = iter(range(10_000))

    def shown() -> bool:
        items = service.recommend("u4", exclude=[f"x:{next(serial)}"])["items"]
        return "board:unknown-acme" in [one["item"] for one in items]

    until(shown, "a cold item to take the last place")


def test_what_is_done_is_not_recommended_again_at_once(service: Running) -> None:
    first = service.recommend("u5")["items"][0]["item"]
    assert service.send("u5", first, "done").status == 202
    assert first not in [one["item"] for one in service.recommend("u5")["items"]]


def test_excluded_items_are_left_out(service: Running) -> None:
    items = [one["item"] for one in service.recommend("u6")["items"]]
    assert not set(items[:3]) & {one["item"] for one in service.recommend("u6", exclude=items[:3])["items"]}


def test_the_second_request_is_a_hit_with_the_same_answer(service: Running) -> None:
    answers = [service.request("POST", "/v1/recommendations", {"user": "u7"}) for _ in range(2)]
    assert [answer.headers["x-cache"] for answer in answers] == ["miss", "hit"]
    assert answers[0].body == answers[1].body


def test_a_batch_answers_in_order_and_like_single_requests(service: Running) -> None:
    users = [f"u{n}" for n in range(10, 30)] + ["nobody"]
    batch = service.request("POST", "/v1/recommendations/batch", {"requests": [{"user": user} for user in users]})
    assert batch.status == 200
    assert [result["user"] for result in batch.json["results"]] == users
    assert batch.json["results"][4] == service.recommend(users[4])


@pytest.mark.parametrize(
    "key", [None, "", "rk_0000000000000000_" + "A" * 43, "rk_", "x" * 5000, "ключ".encode().decode("latin-1")]
)
def test_without_a_valid_key_nothing_is_answered(service: Running, key: str | None) -> None:
    headers = {} if key is None else {"x-api-key": key}
    answer = service.request("POST", "/v1/recommendations", {"user": "u1"}, tenant=None, **headers)
    assert answer.status == 401
    assert b"acme" not in answer.body


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"null", b"[]", b"{}", b'{"user": 5}', b'{"user": "a b"}', b'{"user": "\\ud800"}',
        b'{"user": "u\\u0000"}',
        b'{"user": "u1", "k": 0}', b'{"user": "u1", "k": 1e400}', b'{"user": "u1", "k": "5"}',
        b'{"user": "u1", "K": 5}',
        b'{"user": "u1", "hour": 24}', b'{"user": "u1", "k": NaN}', b"\xff\xfe", b"[" * 100_000, b'{"user":' * 20_000,
        b'{"user": "u1", "k": ' + b"9" * 5_000 + b"}", json.dumps({"user": "u" * 65}).encode(),
        b'{"user": "u1", "\\ud800": 1}', json.dumps({"user": "u1", "exclude": ["i"] * 101}).encode(),
    ],
)  # fmt: skip
def test_malformed_bodies_are_the_callers_error(service: Running, body: bytes) -> None:
    answer = service.request("POST", "/v1/recommendations", body)
    assert answer.status in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json["request_id"] == answer.headers["x-request-id"]


def test_an_error_repeats_nothing_that_was_sent(service: Running) -> None:
    answer = service.request("POST", "/v1/recommendations", {"user": "anna@example.org", "k": "secret-value"})
    assert answer.status == 422
    assert b"anna" not in answer.body
    assert b"secret-value" not in answer.body


def test_a_body_that_is_too_large_is_refused_declared_or_not(service: Running) -> None:
    assert service.request("POST", "/v1/events", b" " * 300_000).status == 413
    with socket.create_connection(("127.0.0.1", service.port), timeout=10) as raw:
        head = f"POST /v1/events HTTP/1.1\r\nhost: x\r\nx-api-key: {service.keys['acme']}\r\n"
        raw.sendall(f"{head}transfer-encoding: chunked\r\n\r\n".encode())
        chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
        for _ in range(5):
            raw.sendall(chunk)
        assert raw.recv(100).startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize(
    "raw",
    [b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01\x02\x00", b"POST /v1/events HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
     b"GET /%ff%fe/../../etc/passwd HTTP/1.1\r\nhost: x\r\n\r\n", b"A" * 70_000 + b"\r\n\r\n",
     b"GET / HTTP/1.1\r\nx-request-id: a\x01b\r\nhost: x\r\n\r\n"],
)  # fmt: skip
def test_hostile_bytes_leave_the_service_alive(service: Running, raw: bytes) -> None:
    with socket.create_connection(("127.0.0.1", service.port), timeout=10) as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        try:
            reply = connection.recv(1000)
        except ConnectionResetError:
            reply = b""
    assert not reply.startswith(b"HTTP/1.1 5")
    assert service.recommend("u1")["items"]


def test_events_must_be_of_a_known_kind_and_time(service: Running) -> None:
    assert service.send("u1", "board:1", "explode").status == 422
    assert service.send("u1", "board:1", timestamp=1e12).status == 422
    assert service.send("u1", "board:1", timestamp=-1).status == 422
    assert service.request("POST", "/v1/events", {"events": []}).status == 422


def test_health_and_metrics_need_no_key_and_name_no_tenant(service: Running) -> None:
    service.recommend("u1")
    for path in ("/health/live", "/health/ready", "/health/startup", "/metrics"):
        answer = service.request("GET", path, tenant=None)
        assert answer.status == 200
        assert not any(tenant.encode() in answer.body for tenant in service.keys)
    assert service.metric("recsys_requests_total") > 0
    assert service.metric("recsys_stage_seconds_count") > 0


def test_a_request_id_is_taken_over_or_made(service: Running) -> None:
    assert service.request("GET", "/health/live", **{"x-request-id": "trace-1"}).headers["x-request-id"] == "trace-1"
    made = service.request("GET", "/health/live", **{"x-request-id": "<script>"}).headers["x-request-id"]
    assert made != "<script>"
    assert made


def test_the_log_has_request_ids_and_nobody_in_it(service: Running) -> None:
    service.request("POST", "/v1/recommendations", {"user": "very-personal-name"}, **{"x-request-id": "find-me"})
    service.send("very-personal-name", "board:intimate")
    log = service.state / "log.jsonl"
    lines = until(
        lambda: [json.loads(line) for line in log.read_text().splitlines() if "find-me" in line], "the log line"
    )
    assert lines[0]["tenant"] == "acme"
    assert lines[0]["status"] == 200
    text = log.read_text()
    assert "very-personal-name" not in text
    assert "board:intimate" not in text
    assert not any(key in text for key in service.keys.values())


def test_unknown_paths_and_methods_are_told_so(service: Running) -> None:
    assert service.request("POST", "/v1/nothing", {}).status == 404
    wrong = service.request("GET", "/v1/events")
    assert wrong.status == 405
    assert wrong.headers["allow"] == "POST"


def test_the_documentation_describes_keys_and_shedding(service: Running) -> None:
    document = service.request("GET", "/openapi.json", tenant=None).json
    assert document["components"]["securitySchemes"]["ApiKey"]["name"] == "X-API-Key"
    route = document["paths"]["/v1/recommendations"]["post"]
    assert "Retry-After" in route["responses"]["503"]["headers"]
    assert service.request("GET", "/docs", tenant=None).status == 200
