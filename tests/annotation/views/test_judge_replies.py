import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from annotation.domain.judge_reply import settle_reply
from annotation.enums import JudgeOutcome
from annotation.models import JudgeReply, JudgeSettlement
from tests.annotation.judges import make_judged
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_study(posts=1)


@pytest.fixture
def reply(cast: Cast) -> JudgeReply:
    return make_judged(cast, "Let me <b>think</b>. Was it 2 or 3?")


def url_of(reply: JudgeReply) -> str:
    return f"/studies/{reply.judge_run.study.slug}/judges/{reply.judge_run_id}/replies/{reply.pk}/"


def test_reply_is_shown_whole_with_post_text_and_why_it_was_not_read(
    cast: Cast, reply: JudgeReply, client: Client
) -> None:
    client.force_login(cast.researcher)

    page = client.get(url_of(reply)).content.decode()

    assert "Let me &lt;b&gt;think&lt;/b&gt;. Was it 2 or 3?" in page
    assert reply.item.post.text.split(".")[0] in page
    assert reply.response.text in page
    assert "Why no score was read: The reply names more than one value." in page
    assert "Settle it by hand" not in page


def test_manager_settles_and_is_led_to_the_next(cast: Cast, reply: JudgeReply, client: Client) -> None:
    client.force_login(cast.manager)
    three = reply.criterion.points.get(key="3")
    following = JudgeReply.objects.filter(pk__gt=reply.pk).first()

    response = client.post(
        url_of(reply), {"choice": f"point-{three.pk}", "reason": "It ends with three.", "n_known": 0}
    )

    reply.refresh_from_db()
    assert (reply.outcome, reply.point) == (JudgeOutcome.SCORE, three)
    assert response.url == url_of(following)
    settled = client.get(f"{url_of(reply).rsplit('/', 2)[0]}/?show=settled").content.decode()
    assert "It ends with three." in settled
    assert f"by {cast.manager.get_full_name()}" in client.get(url_of(reply)).content.decode()


def test_last_one_leads_back_to_the_judge(cast: Cast, reply: JudgeReply, client: Client) -> None:
    client.force_login(cast.manager)
    JudgeReply.objects.exclude(pk=reply.pk).update(outcome=JudgeOutcome.REFUSED)

    response = client.post(url_of(reply), {"choice": "unreadable", "reason": "Nobody can.", "n_known": 0})

    assert response.url == f"/studies/{cast.study.slug}/judges/{reply.judge_run_id}/"


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"reason": "why"}, "Please choose what the reply means"),
        ({"choice": "refused"}, "Please say why"),
        ({"choice": "waiting", "reason": "why"}, "not one of the available choices"),
        ({"choice": "point-0", "reason": "why"}, "not one of the available choices"),
    ],
)
def test_incomplete_settlement_is_told_and_nothing_is_kept(
    cast: Cast, reply: JudgeReply, client: Client, fields: dict[str, str], complaint: str
) -> None:
    client.force_login(cast.manager)

    response = client.post(url_of(reply), fields | {"n_known": "0"})

    assert response.status_code == 422
    assert complaint in response.content.decode()
    assert not JudgeSettlement.objects.exists()


def test_who_settles_after_a_colleague_is_told_first(cast: Cast, reply: JudgeReply, client: Client) -> None:
    client.force_login(cast.manager)
    settle_reply(reply, outcome=JudgeOutcome.REFUSED, reason="Mine.", n_known=0, by=cast.manager)
    fields = {"choice": "not_applicable", "reason": "Also mine.", "n_known": "0"}

    first = client.post(url_of(reply), fields)
    page = first.content.decode()
    second = client.post(url_of(reply), fields | {"n_known": "1"})

    assert first.status_code == 422
    assert "Somebody settled this reply meanwhile" in page
    assert 'name="n_known" value="1"' in page
    assert second.status_code == 302
    assert JudgeSettlement.objects.count() == 2


def test_researcher_cannot_settle_and_nobody_what_was_read(
    cast: Cast, reply: JudgeReply, client: Client
) -> None:
    other = JudgeReply.objects.exclude(pk=reply.pk).first()
    JudgeReply.objects.filter(pk=other.pk).update(outcome=JudgeOutcome.REFUSED)
    client.force_login(cast.researcher)

    assert client.post(url_of(reply), {"choice": "refused", "reason": "x", "n_known": 0}).status_code == 404
    client.force_login(cast.manager)
    assert client.post(url_of(other), {"choice": "refused", "reason": "x", "n_known": 0}).status_code == 404
    page = client.get(url_of(other)).content.decode()
    assert "Read as: refused." in page
    assert "Settle it by hand" not in page
    listed = client.get(f"{url_of(other).rsplit('/', 2)[0]}/?show=all").content.decode()
    assert f"Reply {other.pk}" in listed


def test_list_takes_as_many_queries_for_three_replies_as_for_one(
    cast: Cast, reply: JudgeReply, client: Client
) -> None:
    client.force_login(cast.manager)
    url = f"{url_of(reply).rsplit('/', 2)[0]}/"
    others = list(JudgeReply.objects.exclude(pk=reply.pk).values_list("pk", flat=True))
    assert len(others) >= 2
    pages = []

    for n in (2, 0):
        JudgeReply.objects.update(outcome=JudgeOutcome.UNREADABLE)
        JudgeReply.objects.filter(pk__in=others[:n]).update(outcome=JudgeOutcome.REFUSED)
        with CaptureQueriesContext(connection) as captured:
            page = client.get(url).content.decode()
        pages.append((len(captured), page.count("Was it 2 or 3?")))

    assert pages[0][0] == pages[1][0]
    assert pages[1][1] == pages[0][1] + 2
