"""The header's links, by what the signed-in person does in any study."""

from dataclasses import dataclass

from django.template import Context, Library
from django.urls import reverse

from annotation.enums import Role
from annotation.queries.user import roles_of

register = Library()


@dataclass(frozen=True)
class Place:
    label: str
    url: str
    is_current: bool


@register.simple_tag(takes_context=True)
def navigation(context: Context) -> list[Place]:
    """Return the places for the request's signed-in user. One query."""
    user, path = context["request"].user, context["request"].path
    roles = roles_of(user)
    names = []
    if Role.RATER in roles:
        names.append(("Rate", "rating_home"))
    if user.is_superuser or roles & {Role.MANAGER, Role.RESEARCHER}:
        names.append(("Studies", "study_list"))
    if user.is_superuser or Role.MANAGER in roles:  # who prepares studies, without another query
        names.append(("Library", "library"))
    names.append(("Account", "account_change_password"))
    urls = [(label, reverse(name)) for label, name in names]
    return [Place(label, url, is_current=path.startswith(url)) for label, url in urls]
