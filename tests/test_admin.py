"""Who may administer: every state of the token × every endpoint × every credential."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from search_web.shapes import RunJson
from search_web.site import Guesses
from tests.web_site import canned_site

REINDEX = "/api/v1/admin/reindex"
WRONG = [
    {},
    {"Authorization": "Bearer"},
    {"Authorization": "Bearer wrong"},
    {"Authorization": "Bearer gehei"},
    {"Authorization": "Basic geheim"},
    {"Authorization": "geheim"},
    {"Authorization": "Bearer geheim geheim"},
    {"Authorization": "Bearer geh\xe9im"},
]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer "}])
def test_without_a_token_set_admin_is_closed(
    tmp_path: Path, method: str, headers: dict[str, str]
) -> None:
    site = canned_site(tmp_path, token=None)
    answer = site.request(method, REINDEX, headers=headers)
    assert answer.status_code == 403
    assert "BAOSOU_ADMIN_TOKEN" in answer.json()["detail"]


def test_without_a_token_set_the_admin_page_is_closed_and_says_how(
    tmp_path: Path,
) -> None:
    answer = canned_site(tmp_path).get("/admin?lang=en")
    assert answer.status_code == 403
    assert "Set the environment variable BAOSOU_ADMIN_TOKEN" in answer.text


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("headers", WRONG, ids=str)
def test_a_wrong_token_is_refused(
    tmp_path: Path, method: str, headers: dict[str, str]
) -> None:
    site = canned_site(tmp_path, token="geheim")
    raw = {k.encode(): v.encode("latin-1") for k, v in headers.items()}
    answer = site.request(method, REINDEX, headers=raw)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("token", ["geheim", "密令"])
@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
def test_the_token_opens_admin(tmp_path: Path, token: str, scheme: str) -> None:
    site = canned_site(tmp_path, token=token)
    sent = f"{scheme} {token}".encode()
    answer = site.get(REINDEX, headers={b"Authorization": sent})
    assert answer.status_code == 200
    assert answer.json()["state"] == "idle"
    assert {*answer.json()} == {*RunJson.__annotations__}


def test_who_guesses_tokens_has_to_wait_and_nobody_else(tmp_path: Path) -> None:
    app = canned_site(tmp_path, token="geheim").app
    guesser, other = (TestClient(app, client=(host, 50000)) for host in ("a", "b"))
    right = {"Authorization": "Bearer geheim"}
    wrong = ({"Authorization": f"Bearer {n}"} for n in range(100))
    codes = [guesser.get(REINDEX, headers=each).status_code for each in wrong]
    assert codes == [401] * 10 + [429] * 90
    held_up = guesser.get(REINDEX, headers=right)
    assert held_up.status_code == 429
    assert 0 < int(held_up.headers["retry-after"]) <= 60
    assert "秒再试" in held_up.json()["detail"]
    assert other.get(REINDEX, headers=right).status_code == 200


def test_asking_without_a_token_is_no_guess(tmp_path: Path) -> None:
    site = canned_site(tmp_path, token="geheim")
    assert {site.get(REINDEX).status_code for _ in range(20)} == {401}


def test_a_wrong_token_counts_for_a_minute() -> None:
    guesses = Guesses()
    for second in range(10):
        assert guesses.wait("a", float(second)) == 0
        guesses.add("a", float(second))
    assert guesses.wait("a", 10.0) == 50
    assert guesses.wait("b", 10.0) == 0
    assert guesses.wait("a", 60.0) == 0


def test_admin_answers_are_not_kept(tmp_path: Path) -> None:
    site = canned_site(tmp_path, token="geheim")
    for path in ("/admin", REINDEX):
        assert site.get(path).headers["cache-control"] == "no-store"


def test_full_is_true_or_false(tmp_path: Path) -> None:
    site = canned_site(tmp_path, token="geheim")
    headers = {"Authorization": "Bearer geheim"}
    answer = site.post(f"{REINDEX}?full=maybe", headers=headers)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "full"


def test_the_admin_page_shows_the_index_and_never_the_token(tmp_path: Path) -> None:
    page = canned_site(tmp_path, token="geheim").get("/admin").text
    assert "geheim" not in page
    assert "http://testserver/api/v1/admin/reindex" in page
    assert "g1" in page
