import pytest
from django.test import Client
from django.urls import reverse

from annotation.enums import EventKind
from annotation.models import Consent, ConsentText, Study
from tests.factories import make_study

pytestmark = pytest.mark.django_db


def test_unchanged_consent_stays_a_changed_one_is_asked_for_again(client: Client) -> None:
    cast = make_study(posts=1)
    client.force_login(cast.manager)
    url = reverse("study_texts", args=[cast.study.slug])
    texts = dict(client.get(url).context["form"].initial)
    as_sent = {name: text.replace("\n", "\r\n") for name, text in texts.items()}

    client.post(url, {**as_sent, "instructions": "Read well.\r\n\r\nRate fairly."})
    unchanged = list(cast.study.consent_texts.values_list("version", flat=True))
    client.post(url, {**as_sent, "consent": "Something else"})

    cast.study.refresh_from_db()
    assert unchanged == [1]
    assert cast.study.consent_texts.values_list("version", "text")[0] == (2, "Something else")
    assert cast.study.instructions == texts["instructions"]
    assert cast.study.events.filter(kind=EventKind.TEXTS_CHANGED).count() == 2
    assert Consent.objects.filter(consent_text__version=2).count() == 0


def test_texts_must_not_be_empty(client: Client) -> None:
    cast = make_study(posts=1)
    client.force_login(cast.manager)

    response = client.post(
        reverse("study_texts", args=[cast.study.slug]), {"instructions": " ", "consent": "C"}
    )

    assert list(response.context["form"].errors) == [
        "instructions",
        "support_contact",
        "concern_protocol",
    ]


def test_texts_of_a_closed_study_stay(client: Client) -> None:
    cast = make_study(posts=1)
    client.force_login(cast.manager)
    client.post(reverse("study_close", args=[cast.study.slug]))
    texts = {"instructions": "I", "consent": "C", "support_contact": "S", "concern_protocol": "P"}

    page = client.post(reverse("study_texts", args=[cast.study.slug]), texts).content.decode()

    cast.study.refresh_from_db()
    assert "The study is closed" in page
    assert cast.study.instructions != "I"


def test_every_version_of_the_consent_text_can_be_read_with_its_consents(client: Client) -> None:
    cast = make_study(posts=1)
    ConsentText.objects.create(study=cast.study, version=2, text="We also record the weather.")
    client.force_login(cast.manager)

    page = " ".join(client.get(reverse("study_texts", args=[cast.study.slug])).content.decode().split())

    assert "UTC: 0 raters agreed" in page
    assert "UTC: 2 raters agreed" in page
    assert "We also record the weather." in page


def test_manager_is_told_what_raters_read_while_there_is_no_protocol(client: Client) -> None:
    cast = make_study(posts=1)
    Study.objects.update(concern_protocol="")
    client.force_login(cast.manager)
    words = "A manager of the study reads each note, though not round the clock"

    page = client.get(reverse("study_texts", args=[cast.study.slug])).content.decode()

    assert "This study has no protocol of its own yet." in page
    assert words in page
    client.force_login(cast.rater)
    assert words in client.get(f"/rate/{cast.study.slug}/concern/").content.decode()


def test_concern_leads_to_the_studys_own_protocol(client: Client) -> None:
    cast = make_study(posts=1)
    client.force_login(cast.manager)
    url = reverse("study_texts", args=[cast.study.slug])
    texts = dict(client.get(url).context["form"].initial)
    client.post(url, texts | {"concern_protocol": "Dr Night reads each note within a day."})
    client.force_login(cast.rater)

    pages = [client.get(f"/rate/{cast.study.slug}/{place}").content.decode() for place in ("concern/", "1/")]

    assert ["Dr Night reads each note within a day." in page for page in pages] == [True, True]
    assert ["The posts are historical" in page for page in pages] == [False, False]
