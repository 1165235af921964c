"""The letter that carries an invitation's link."""

from dataclasses import dataclass
from smtplib import SMTPException
from urllib.parse import quote

from django.core.mail import send_mail

from annotation.domain.errors import StudyError
from annotation.enums import Role
from annotation.models import Invitation, User

_PARTS = {
    Role.RATER: "rate texts",
    Role.RESEARCHER: "work with the scores",
    Role.MANAGER: "help to run the study",
}


@dataclass(frozen=True)
class InvitationLetter:
    """What is sent, by the site or by the manager's own mail program."""

    invitation: Invitation
    link: str
    subject: str
    text: str

    @classmethod
    def of(cls, invitation: Invitation, *, link: str, by: User) -> "InvitationLetter":
        """Write the letter to a new invitation."""
        greeting = f"Dear {invitation.name}," if invitation.name else "Hello,"
        until = invitation.expires_at
        text = (
            f"{greeting}\n\n"
            f'you are invited to {_PARTS[Role(invitation.role)]} in the study "{invitation.study.name}". '
            f"Please open this link to begin:\n\n{link}\n\n"
            f"The link is for you alone. It works once, until {until.day} {until:%B %Y}.\n\n"
            f"{by.get_full_name()}\n"
        )
        return cls(invitation, link, f'Invitation to the study "{invitation.study.name}"', text)

    @property
    def whom(self) -> str:
        """Whom the link is for, as far as the manager said."""
        invitation = self.invitation
        return invitation.name or invitation.email or f"a new {invitation.get_role_display().lower()}"

    @property
    def mailto(self) -> str:
        """The letter as an address that a mail program opens."""
        subject, text = quote(self.subject), quote(self.text.replace("\n", "\r\n"))
        return f"mailto:{quote(self.invitation.email, safe='@')}?subject={subject}&body={text}"


def send_letter(letter: InvitationLetter) -> None:
    """Send it to the invitation's address. Raises StudyError when the mail server does not take it."""
    subject = " ".join(letter.subject.split())
    try:
        send_mail(subject, letter.text, None, [letter.invitation.email])
    except (SMTPException, OSError) as error:
        raise StudyError(
            "The e-mail could not be sent. The invitation is made: please pass its link on yourself."
        ) from error
