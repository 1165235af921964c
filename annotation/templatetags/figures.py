"""Numbers and times as people read them."""

from django.template import Library

register = Library()


@register.filter
def thousands(number: int) -> str:
    """Return the number with its thousands apart: 29,200."""
    return f"{number:,}"


@register.filter
def about(number: float) -> str:
    """Return a number that is not known well with its two leading digits: 12,345 as 12,000, 0.87 as 0.9."""
    if number < 1:
        return f"{number:.1f}"
    whole = round(number)
    return f"{round(whole, 2 - len(str(whole))):,}"


@register.filter
def duration(seconds: float) -> str:
    """Return a length of time in the unit that fits: 40 seconds, 12 minutes, 2.5 hours, 3 days."""
    units = (("second", 1, 90), ("minute", 60, 90), ("hour", 3600, 36))
    unit, length = next(
        ((name, length) for name, length, most in units if round(seconds / length) < most), ("day", 86_400)
    )
    count = seconds / length
    shown = f"{count:.1f}".removesuffix(".0") if unit in {"hour", "day"} and count < 10 else f"{count:.0f}"
    return f"{shown} {unit}{'' if shown == '1' else 's'}"


@register.simple_tag
def duration_between(shortest: float, longest: float) -> str:
    """Return a time that lies between two: 3 to 8 minutes, or about 5 minutes where they are alike."""
    first, last = duration(shortest), duration(max(shortest, longest))
    if first == last:
        return f"about {first}"
    number, unit = first.split()
    return f"{number} to {last}" if last.endswith(unit) else f"{first} to {last}"
