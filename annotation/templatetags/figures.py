"""Numbers and times as people read them."""

from django.template import Library

register = Library()


@register.filter
def thousands(number: int) -> str:
    """Return the number with its thousands apart: 29,200."""
    return f"{number:,}"


@register.filter
def time_left(seconds: float) -> str:
    """Return a time still to wait in words that do not pretend to know it well."""
    minutes = round(seconds / 60)
    if minutes < 1:
        return "Less than a minute left"
    if minutes == 1:
        return "About a minute left"
    if minutes < 90:
        return f"About {minutes} minutes left"
    hours = round(seconds / 3600)
    return f"About {hours} hours left"
