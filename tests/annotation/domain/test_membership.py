import threading
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import check_password
from django.db import close_old_connections, connection
from django.utils import timezone

from annotation.domain.assignment import remove_rater
from annotation.domain.errors import StudyError
from annotation.domain.membership import (
    InvitationError,
    accept_as,
    accept_as_new_user,
    find_invitation,
    invite,
    revoke,
    why_unusable,
)
from annotation.domain.study import close_study
from annotation.enums import EventKind, Role
from annotation.models import Invitation, Membership, User
from tests.factories import Cast, make_study, make_user

pytestmark = pytest.mark.django_db


def make_invitation(cast: Cast, *, role: Role = Role.RATER, email: str = "") -> Invitation:
    return invite(cast.study, role=role, name="Dora", email=email, by=cast.manager)[0]


def event_kinds(cast: Cast) -> list[str]:
    return list(cast.study.events.order_by("id").values_list("kind", flat=True))


def test_invitation_keeps_only_the_tokens_hash() -> None:
    cast = make_study(is_generated=False)

    invitation, token = invite(
        cast.study, role=Role.RATER, name="Dora", email=" Dora@Example.org ", by=cast.manager
    )

    stored = Invitation.objects.values().get()
    assert token not in str(stored)
    assert (stored["email"], stored["name"]) == ("dora@example.org", "Dora")
    assert find_invitation(token) == invitation
    assert find_invitation(token + "x") is None
    assert event_kinds(cast)[-1] == EventKind.INVITED


def test_new_person_becomes_a_rater_with_the_next_code() -> None:
    cast = make_study(raters=2, is_generated=False)
    invitation = make_invitation(cast, email="dora@example.org")

    membership = accept_as_new_user(
        invitation, name=" Dora Doctor ", email="DORA@example.org", password="four horses in a row"
    )

    user = User.objects.get(email="dora@example.org")
    assert (membership.user, membership.role, membership.code) == (user, Role.RATER, "R03")
    assert (user.name, check_password("four horses in a row", user.password)) == ("Dora Doctor", True)
    assert (user.is_staff, user.is_superuser) == (False, False)
    invitation.refresh_from_db()
    assert invitation.accepted_by == user
    assert event_kinds(cast)[-1] == EventKind.JOINED


@pytest.mark.parametrize("role", [Role.RESEARCHER, Role.MANAGER])
def test_only_raters_get_a_code(role: Role) -> None:
    cast = make_study(is_generated=False)

    membership = accept_as(make_invitation(cast, role=role), user=cast.outsider)

    assert (membership.role, membership.code) == (role, "")


def test_code_of_a_rater_who_left_is_not_given_again() -> None:
    cast = make_study(raters=10, is_generated=False)
    remove_rater(cast.membership(cast.raters[9]), by=cast.manager)

    membership = accept_as(make_invitation(cast), user=cast.outsider)

    assert membership.code == "R11"


def test_link_lets_one_person_in_once() -> None:
    cast = make_study(is_generated=False)
    invitation = make_invitation(cast)
    accept_as(invitation, user=cast.outsider)

    with pytest.raises(InvitationError, match="has been used"):
        accept_as(invitation, user=make_user("second"))
    with pytest.raises(InvitationError, match="has been used"):
        accept_as_new_user(invitation, name="", email="third@example.org", password="x")

    assert not User.objects.filter(email="third@example.org").exists()
    assert cast.study.memberships.filter(role=Role.RATER).count() == 3


def test_expired_withdrawn_and_closed_links_let_nobody_in() -> None:
    cast = make_study()
    expired, withdrawn, late = (make_invitation(cast) for _ in range(3))
    Invitation.objects.filter(pk=expired.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    revoke(withdrawn, by=cast.manager)
    expired.refresh_from_db()
    withdrawn.refresh_from_db()
    reasons = [why_unusable(expired), why_unusable(withdrawn), why_unusable(late)]
    close_study(cast.study, by=cast.manager)

    for invitation in (expired, withdrawn, late):
        with pytest.raises(InvitationError):
            accept_as(invitation, user=cast.outsider)

    assert reasons == [
        "This link has expired. Links work for 14 days.",
        "This invitation was withdrawn.",
        "",
    ]
    assert not Membership.objects.filter(user=cast.outsider).exists()


def test_withdrawing_twice_changes_nothing_and_after_acceptance_is_too_late() -> None:
    cast = make_study(is_generated=False)
    invitation = make_invitation(cast)
    revoke(invitation, by=cast.manager)
    revoke(invitation, by=cast.manager)
    accepted = make_invitation(cast)
    accept_as(accepted, user=cast.outsider)

    with pytest.raises(InvitationError, match="accepted already"):
        revoke(accepted, by=cast.manager)

    assert event_kinds(cast).count(EventKind.INVITATION_REVOKED) == 1


def test_invitation_for_an_address_is_for_nobody_else() -> None:
    cast = make_study(is_generated=False)
    invitation = make_invitation(cast, email="dora@example.org")

    with pytest.raises(InvitationError, match=r"for dora@example\.org only"):
        accept_as(invitation, user=cast.outsider)
    with pytest.raises(InvitationError, match=r"for dora@example\.org only"):
        accept_as_new_user(invitation, name="", email="other@example.org", password="x")


def test_address_with_an_account_is_asked_to_sign_in() -> None:
    cast = make_study(is_generated=False)
    invitation = make_invitation(cast)

    with pytest.raises(InvitationError, match="sign in first"):
        accept_as_new_user(invitation, name="", email="Outsider@example.org", password="x")

    invitation.refresh_from_db()
    assert invitation.accepted_at is None


def test_member_does_not_take_a_second_part() -> None:
    cast = make_study(is_generated=False)

    with pytest.raises(InvitationError, match="You are a rater of this study already"):
        accept_as(make_invitation(cast), user=cast.rater)
    with pytest.raises(InvitationError, match="cannot also rate in it"):
        accept_as(make_invitation(cast), user=cast.manager)
    with pytest.raises(InvitationError, match="nobody has two roles"):
        accept_as(make_invitation(cast, role=Role.RESEARCHER), user=cast.rater)


def test_rater_who_left_comes_back_under_her_code() -> None:
    cast = make_study(raters=3)
    before = cast.membership(cast.rater)
    remove_rater(before, by=cast.manager)

    membership = accept_as(make_invitation(cast), user=cast.rater)

    assert (membership.pk, membership.code, membership.removed_at) == (before.pk, "R01", None)


def test_researcher_who_left_cannot_come_back_as_a_rater() -> None:
    cast = make_study(is_generated=False)
    Membership.objects.filter(user=cast.researcher).update(removed_at=timezone.now())

    with pytest.raises(InvitationError, match="could see which condition"):
        accept_as(make_invitation(cast), user=cast.researcher)


def test_members_and_raters_of_a_closed_study_are_not_invited() -> None:
    cast = make_study()

    with pytest.raises(StudyError, match="is in this study already, as a rater"):
        make_invitation(cast, email="RATER1@example.org")
    close_study(cast.study, by=cast.manager)
    cast.study.refresh_from_db()
    with pytest.raises(StudyError, match="closed"):
        make_invitation(cast)

    assert make_invitation(cast, role=Role.RESEARCHER).role == Role.RESEARCHER


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_of_two_at_once_one_gets_in() -> None:
    cast = make_study(is_generated=False)
    invitation = make_invitation(cast)
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def accept(email: str) -> None:
        start.wait()
        try:
            outcomes.append(accept_as_new_user(invitation, name="", email=email, password="x").code)
        except InvitationError as error:
            outcomes.append(str(error))
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=accept, args=[f"{n}@example.org"]) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["R03", "This link has been used. Each link lets one person in, once."]
    assert cast.study.memberships.filter(role=Role.RATER).count() == 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_two_raters_at_once_get_codes_of_their_own() -> None:
    cast = make_study(is_generated=False)
    users = [make_user(f"new{n}") for n in range(2)]
    invitations = [make_invitation(cast) for _ in users]
    codes: list[str] = []
    start = threading.Barrier(2)

    def accept(n: int) -> None:
        start.wait()
        try:
            codes.append(accept_as(invitations[n], user=users[n]).code)
        finally:
            connection.close()

    threads = [threading.Thread(target=accept, args=[n]) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(codes) == ["R03", "R04"]
