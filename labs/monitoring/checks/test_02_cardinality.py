"""Step 2: whatever callers send, the number of series stays what it was designed to be."""

import pytest

ROUTES = 7


def series(samples, name):
    return {labels for each, labels in samples if each == name}


def test_unknown_paths_share_a_label(metrics, samples):
    for number in range(500):
        metrics.request(f"/wp-login.php?{number}", 404, 0.001)
    found = series(samples(metrics), "recsys_requests_total")
    assert len(found) == 1, "series of recsys_requests_total after a scanner tried 500 paths"
    assert dict(next(iter(found)))["route"] == "other", "the route of a path that nobody knows"
    assert samples(metrics)["recsys_requests_total", tuple(sorted(next(iter(found))))] == 500, "requests counted there"


def test_the_histogram_is_bounded_too(metrics, samples):
    for number in range(500):
        metrics.request(f"/a/{number}", 404, 0.001)
    found = series(samples(metrics), "recsys_request_seconds_count")
    assert len(found) == 1, "histograms after 500 unknown paths: each has a series for every bucket"


def test_known_routes_keep_their_names(metrics, samples):
    from recsys.metrics import ROUTES as known

    for route in known:
        metrics.request(route, 200, 0.001)
    found = {dict(labels)["route"] for labels in series(samples(metrics), "recsys_requests_total")}
    assert found == set(known), "the routes after one request to each that the service has"


@pytest.mark.parametrize("path", ["/v1/recommendations/", "/V1/recommendations", "/v1/recommendations?user=u1", ""])
def test_nearly_known_is_unknown(metrics, samples, path):
    metrics.request(path, 404, 0.001)
    found = [dict(labels)["route"] for labels in series(samples(metrics), "recsys_requests_total")]
    assert found == ["other"], f"the route of a request to {path!r}"


def test_variants_of_an_experiment_are_bounded(metrics, samples):
    for number in range(200):
        metrics.answer("personal", f"variant-{number}")
    metrics.answer("personal", None)
    metrics.answer("personal", "treatment", 3)
    found = samples(metrics)
    counts = {dict(labels)["variant"]: value for (name, labels), value in found.items()
              if name == "recsys_answers_total" and dict(labels)["strategy"] == "personal" and value}  # fmt: skip
    assert counts == {"none": 201, "treatment": 3}, (
        "answers by variant: 200 of unknown variants, one of none, three of treatment"
    )


def test_no_label_names_a_customer_or_a_person(metrics, samples):
    metrics.request("/v1/recommendations", 200, 0.01)
    metrics.answer("popular", "control")
    found = {name for _, labels in samples(metrics) for name, _ in labels}
    assert found <= {"route", "status", "le", "strategy", "variant", "result", "reason", "kind", "stage", "feature"}, (
        "labels"
    )
